import { type Config, ROLES, type Role } from '../config/schema.js';
import {
  datasetPath,
  findRawFiles,
  type RawFile,
  type RawFiles,
  refuseOddDirectory,
  refuseOddNames,
  withParents,
} from '../dataset/raw-files.js';
import { EXIT, WmsError } from '../errors.js';
import type { CommitChanges, GitRepository, Oid } from '../ports/git-repository.js';
import { count } from '../words.js';
import type { DatasetEdit } from './dataset-edit.js';
import type { PublishTarget } from './target.js';

export interface PublishPlan {
  readonly target: PublishTarget;
  readonly commits: readonly CommitChanges[];
  readonly raw: RawFiles;
  /** Commit whose pointers are the dataset to extend. Null: there is none yet. */
  readonly pointersFrom: Oid | null;
  /**
   * The data branch carries the push's other changes along. False when the remote's branch has moved on: then it
   * carries the pointers only, on top of what the remote has.
   */
  readonly carriesCommits: boolean;
  /** What `wms data rm` and `restore` do, instead of raw files; else null. */
  readonly edit: DatasetEdit | null;
  /** The data branch that takes its pointer form now, as it is on the remote; null: a new one is made. */
  readonly replaces: { readonly branch: string; readonly commit: Oid } | null;
}

/** Step 1: which raw files a push brings. Reads the repository, writes nothing. */
export async function planPublish(
  git: GitRepository,
  config: Config,
  target: PublishTarget,
): Promise<PublishPlan> {
  const { tip, base } = target;
  await bringBaseHere(git, target);
  if (tip === null) {
    return {
      target,
      commits: [],
      raw: NO_RAW_FILES,
      pointersFrom: base,
      carriesCommits: false,
      edit: null,
      replaces: null,
    };
  }
  const directories = ROLES.map((role) => config.dataset[role]);
  const known = base === null ? await knownTips(git, config, target) : [base];
  const places = directories.flatMap((directory) =>
    withParents(directory).map(async (path) => ({ directory, entry: await git.treeEntry(tip, path) })),
  );
  const [found, commits, tipEntries, baseEntries, carriesCommits] = await Promise.all([
    Promise.all(places),
    git.commitsBetween(tip, known).then((between) => git.changesOf(between)),
    git.filesBelow(tip, directories),
    base === null ? [] : git.filesBelow(base, directories),
    base === null || git.isAncestor(base, tip),
  ]);
  for (const { directory, entry } of found) if (entry !== null) refuseOddDirectory(directory, entry);
  const raw = findRawFiles({ config, commits, tipEntries, baseEntries });
  refuseOddNames(raw);
  if (!carriesCommits && raw.strip.size > 0) refuseOtherChanges(config, commits, target);
  return {
    target,
    commits,
    raw,
    pointersFrom: carriesCommits ? tip : base,
    carriesCommits,
    edit: null,
    replaces: null,
  };
}

export const NO_RAW_FILES: RawFiles = { files: [], removedAgain: [], strip: new Map() };

/** Somebody may have pushed since the last fetch: then Git here does not know the remote's commit. */
async function bringBaseHere(git: GitRepository, { pushTo, branch, base }: PublishTarget): Promise<void> {
  if (base !== null && !(await git.hasObject(base))) await git.fetchRef(pushTo, `refs/heads/${branch}`);
}

/** For a branch that is new on the remote: what the remote's protected branches hold was checked when it got there. */
async function knownTips(git: GitRepository, config: Config, { remote }: PublishTarget): Promise<Oid[]> {
  const found = await Promise.all(
    config.protectedBranches.map((branch) => git.resolveCommit(`refs/remotes/${remote}/${branch}`)),
  );
  return found.filter((oid) => oid !== null);
}

function refuseOtherChanges(config: Config, commits: readonly CommitChanges[], target: PublishTarget): void {
  const others = commits.flatMap(({ changes }) =>
    changes.map(({ path }) => path).filter((path) => datasetPath(config, path) === null),
  );
  if (others.length === 0) return;
  throw new WmsError({
    kind: 'publish/behind',
    code: EXIT.conflict,
    what: `${target.remote}/${target.branch} has commits that this push does not have.`,
    why: `Images alone could be published all the same, but these commits change other files, too: ${some(others)}.`,
    next: `git pull --rebase ${target.remote} ${target.branch}, then git push`,
  });
}

function some(paths: readonly string[]): string {
  const distinct = [...new Set(paths)];
  const rest = distinct.length - 3;
  return `${distinct.slice(0, 3).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** The plan for people: what `wms publish --dry-run` prints before it looks at the dataset. */
export function describeFiles(files: readonly RawFile[]): string {
  const of = (role: Role) => files.filter((file) => file.role === role).length;
  return `${count(of('images'), 'image')}, ${count(of('masks'), 'mask')}`;
}
