import type { Config } from '../../config/schema.js';
import { findLocalCommits } from '../../dataset/sync/local-commits.js';
import { EXIT, WmsError } from '../../errors.js';
import type { GitRepository, Oid } from '../../ports/git-repository.js';
import { showPath } from '../../show-path.js';
import { shortList } from '../../words.js';
import { type CiTarget, intoOf } from '../target.js';
import type { CiTools } from '../tools.js';

/** Once merged, what a commit holds is in the history for good. Throws WmsError `ci/raw-files` (exit code 3). */
export async function refuseRawFiles({ git, config }: CiTools, target: CiTarget): Promise<void> {
  const { remote, branch, into } = target;
  const next = `Where the files are: push them to ${into} with the hook installed (npx wms init), or run npx wms publish; then delete this branch: git push ${remote} --delete ${branch}`;
  await refuseRawFilesBetween(git, config, { ...target, name: branch, into: intoOf(target), next });
}

interface Brought {
  readonly tip: Oid;
  readonly base: Oid;
  /** Of the branch or revision, for people. */
  readonly name: string;
  /** Of the protected branch, for people. */
  readonly into: string;
  readonly next: string;
}

/** As `refuseRawFiles`, in any commit of `tip` that `base` does not have, also where a later one takes them out again. */
export async function refuseRawFilesBetween(
  git: GitRepository,
  config: Config,
  { tip, base, name, into, next }: Brought,
): Promise<void> {
  const { strip } = (await findLocalCommits(git, config, tip, base)).raw;
  if (strip.size === 0) return;
  throw new WmsError({
    kind: 'ci/raw-files',
    code: EXIT.images,
    what: `Commits of ${name} hold raw files, which ${into} never does.`,
    why: shortList([...strip.keys()].map(showPath)),
    next,
  });
}
