import type { Change, CheckoutMove, Oid, TreeEdit } from '../../ports/git-repository.js';
import { fields, type Git } from './git.js';
import { changesOf } from './history.js';
import { obstaclesOf } from './obstacles.js';
import { compareWithCommit } from './working-content.js';

export interface Blocked {
  readonly path: string;
  readonly reason: string;
}

export interface CheckoutPlan {
  /** What would be lost. */
  readonly blocked: readonly Blocked[];
  /** The files to keep, as the new commit has them or has them not. */
  readonly keep: readonly TreeEdit[];
  /** Files that the working tree has as the new commit has them. */
  readonly already: readonly TreeEdit[];
  /** Index edits that bring back what was staged. */
  readonly after: readonly TreeEdit[];
  /** Files that a killed move has written in part. */
  readonly rewrite: readonly string[];
}

interface IndexEntry {
  readonly mode: string;
  readonly oid: Oid;
}

const NOTHING = '000000';

/** Looks at every path that differs between the two commits: in the index of `git`, and on disk. Changes nothing. */
export async function planCheckout(git: Git, topLevel: string, move: CheckoutMove): Promise<CheckoutPlan> {
  const { entries, unmerged } = await readIndex(git);
  const [difference] = await changesOf(git, [{ oid: move.to, parents: [move.from] }]);
  const edited = new Set(fields((await git.run(['diff-files', '-z', '--name-only'])).stdout));
  const keepFiles = new Set(move.keepFiles);
  const blocked: Blocked[] = unmerged.map((path) => ({ path, reason: 'is in conflict' }));
  const keep: TreeEdit[] = [];
  const already: TreeEdit[] = [];
  const after: TreeEdit[] = [];
  const arriving: Change[] = [];
  const suspects: Change[] = [];
  for (const change of difference?.changes ?? []) {
    const { path } = change;
    const entry = entries.get(path);
    const isOld = matches(entry, change.oldMode, change.oldOid);
    const isNew = matches(entry, change.newMode, change.newOid);
    if (keepFiles.has(path)) {
      keep.push(becomesNew(change));
      if (entry !== undefined && !isOld && !isNew) after.push({ path, entry });
    } else if (!isOld && !isNew) {
      blocked.push({ path, reason: 'has staged changes' });
    } else if (isOld && edited.has(path)) {
      suspects.push(change);
    } else if (isOld && entry === undefined) {
      arriving.push(change);
    }
  }
  const found = await compareWithCommit(git, topLevel, move.to, [...suspects, ...arriving]);
  const rewrite: string[] = [];
  const settle = (change: Change): boolean => {
    const state = found.get(change.path);
    if (state !== 'same' && !(state === 'part' && move.resumed)) return false;
    already.push(becomesNew(change));
    if (state === 'part') rewrite.push(change.path);
    return true;
  };
  const open = arriving.filter((change) => !settle(change)).map(({ path }) => path);
  for (const change of suspects) {
    const mayBeGone = move.resumed || change.newMode === NOTHING;
    if (settle(change) || (mayBeGone && found.get(change.path) === 'absent')) continue;
    blocked.push({ path: change.path, reason: 'has changes that are not committed' });
  }
  const settled = new Set([...keep, ...already].map(({ path }) => path));
  const tracked = new Set([...entries.keys()].filter((path) => !settled.has(path)));
  for (const path of await obstaclesOf(topLevel, open, tracked))
    blocked.push({
      path,
      reason: 'is in the way: Git does not know it here, and the new version needs its place',
    });
  return { blocked, keep, already, after, rewrite };
}

async function readIndex(git: Git): Promise<{ entries: Map<string, IndexEntry>; unmerged: string[] }> {
  const entries = new Map<string, IndexEntry>();
  const unmerged = new Set<string>();
  for (const line of fields((await git.run(['ls-files', '--stage', '-z'])).stdout)) {
    const tab = line.indexOf('\t');
    const [mode = '', oid = '', stage] = line.slice(0, tab).split(' ');
    const path = line.slice(tab + 1);
    if (stage === '0') entries.set(path, { mode, oid });
    else unmerged.add(path);
  }
  return { entries, unmerged: [...unmerged] };
}

function matches(entry: IndexEntry | undefined, mode: string, oid: Oid): boolean {
  return entry === undefined ? mode === NOTHING : entry.mode === mode && entry.oid === oid;
}

function becomesNew({ path, newMode, newOid }: Change): TreeEdit {
  return { path, entry: newMode === NOTHING ? null : { mode: newMode, oid: newOid } };
}
