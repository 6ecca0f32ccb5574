import { type Config, ROLES, type Role } from '../config/schema.js';
import { EXIT } from '../errors.js';
import { shellWord } from '../publish/refs.js';
import type { StatusFacts } from './facts.js';

/** The one thing to do next. `publish` is the command that publishes what is committed here. */
export function nextCommand(facts: StatusFacts, { dataset: places }: Config, publish: string): string {
  const { news, waiting, lastPublish, behind, dataset } = facts;
  const { outcome, interrupted, runningProcess } = lastPublish;
  if (runningProcess !== null) return `wait: process ${runningProcess} is publishing or syncing here`;
  if (interrupted !== null) return `${publish}   (goes on where it was stopped)`;
  const uncommitted = news?.files.filter(({ committed }) => !committed) ?? [];
  const committed = (news?.files.length ?? 0) - uncommitted.length;
  const isOpen = news === null || committed > 0;
  if (outcome?.outcome === 'failed' && outcome.error.exitCode !== EXIT.published && isOpen)
    return outcome.error.next ?? publish;
  const addAll = (roles: readonly Role[]) =>
    `${add(roles.map((role) => places[role]))} && git commit -m "New images" && ${publish}`;
  const alone = news?.files.find(({ isAlone }) => isAlone);
  if (alone !== undefined) {
    const [what, role] =
      alone.role === 'images' ? (['mask', 'masks'] as const) : (['image', 'images'] as const);
    return `put the ${what} of ${alone.relpath} into ${places[role]}/, then: ${addAll(ROLES)}`;
  }
  if (uncommitted.length > 0)
    return addAll(ROLES.filter((role) => uncommitted.some((file) => file.role === role)));
  if (committed > 0) return publish;
  const hasStored = (news?.committedAndStored ?? 0) > 0;
  if (hasStored || behind.behind > 0) return 'npx wms sync';
  if (dataset !== null && (news?.older ?? 0) > 0) return 'npx wms data pull';
  const [first] = waiting;
  if (first !== undefined)
    return `merge the pull request of ${first.branch} when its training is done; then: npx wms sync`;
  if (dataset === null && news !== null)
    return `copy images to ${places.images}/ and their masks to ${places.masks}/, then: ${add([places.images, places.masks])}`;
  if (dataset !== null && dataset.filesHere < dataset.files && dataset.pulled?.isCurrent !== true)
    return 'npx wms data pull';
  return 'nothing to do';
}

function add(directories: readonly string[]): string {
  return `npx wms add ${directories.map(shellWord).join(' ')}`;
}
