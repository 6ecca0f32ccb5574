import { describeCounts } from '../dataset/commit-message.pure.js';
import { showPath } from '../show-path.js';
import { shortList } from '../words.js';
import type { PublishTools } from './job.js';
import type { EditPlan } from './plan-edit.js';

/** The plan for people and for programs: what `wms data rm --dry-run` and `restore --dry-run` print. */
export function describeEdit(
  { target, edit }: EditPlan,
  { config, store }: Pick<PublishTools, 'config' | 'store'>,
): { lines: string[]; facts: object } {
  const { title, merge, restores } = edit;
  const files = merge.changes
    .filter(({ kind }) => kind !== 'unchanged')
    .map(({ kind, role, relpath }) => ({ change: kind, role, path: `${config.dataset[role]}/${relpath}` }));
  return {
    lines: [
      `${title} for ${target.remote}/${target.branch}`,
      shortList(files.map(({ change, path }) => `  ${change.padEnd(8)}  ${showPath(path)}`)),
      describeCounts(merge.counts),
      `Nothing was written, here or in ${store.url}. To do it, run the same without --dry-run.`,
    ],
    facts: {
      remote: target.remote,
      protectedBranch: target.branch,
      base: target.base,
      restores,
      files,
      counts: merge.counts,
      removed: merge.removed,
    },
  };
}
