import { type Config, ROLES } from '../../config/schema.js';
import { findRawFiles } from '../../dataset/raw-files.js';
import { EXIT, WmsError } from '../../errors.js';
import type { GitRepository, Oid } from '../../ports/git-repository.js';
import { showPath } from '../../show-path.js';
import { shortList } from '../../words.js';
import { type CiTarget, intoOf } from '../target.js';
import type { CiTools } from '../tools.js';

/** Once merged, what a commit holds is in the history for good. Throws WmsError `ci/raw-files` (exit code 3). */
export async function refuseRawFiles({ git, config }: CiTools, target: CiTarget): Promise<void> {
  const found = await rawFilesBetween(git, config, target);
  if (found.length === 0) return;
  throw new WmsError({
    kind: 'ci/raw-files',
    code: EXIT.images,
    what: `Commits of ${target.branch} hold raw files, which ${intoOf(target)} never does.`,
    why: shortList(found.map(showPath)),
    next: `Where the files are: push them to ${target.into} with the hook installed (npx wms init), or run npx wms publish; then delete this branch: git push ${target.remote} --delete ${target.branch}`,
  });
}

/** Paths of raw files in any commit of `tip` that `base` does not have, also where a later one takes them out again. */
export async function rawFilesBetween(
  git: GitRepository,
  config: Config,
  { tip, base }: { readonly tip: Oid; readonly base: Oid },
): Promise<string[]> {
  const directories = ROLES.map((role) => config.dataset[role]);
  const [commits, tipEntries, baseEntries] = await Promise.all([
    git.commitsBetween(tip, [base]).then((between) => git.changesOf(between)),
    git.filesBelow(tip, directories),
    git.filesBelow(base, directories),
  ]);
  return [...findRawFiles({ config, commits, tipEntries, baseEntries }).strip.keys()];
}
