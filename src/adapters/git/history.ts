import type { Change, Commit, CommitChanges, Oid } from '../../ports/git-repository.js';
import { fields, type Git } from './git.js';

export async function commitsBetween(git: Git, tip: Oid, not: readonly Oid[]): Promise<Commit[]> {
  const input = `${[tip, ...not.map((oid) => `^${oid}`)].join('\n')}\n`;
  const args = ['rev-list', '--reverse', '--topo-order', '--parents', '--stdin'];
  const { stdout } = await git.run(args, { input });
  return stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [oid = '', ...parents] = line.split(' ');
      return { oid, parents };
    });
}

export async function changesOf(git: Git, commits: readonly Commit[]): Promise<CommitChanges[]> {
  if (commits.length === 0) return [];
  // Naming the parent makes diff-tree compare a merge with its first parent only.
  const input = `${commits.map(({ oid, parents }) => [oid, ...parents.slice(0, 1)].join(' ')).join('\n')}\n`;
  const args = ['diff-tree', '--stdin', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', '--root'];
  const { stdout } = await git.run(args, { input });
  const found = parseRawDiffs(fields(stdout));
  return commits.map((commit) => ({ ...commit, changes: found.get(commit.oid) ?? [] }));
}

export async function commitsChanging(
  git: Git,
  tip: Oid,
  paths: readonly string[],
  since: Date,
): Promise<{ oid: Oid; committedAt: Date }[]> {
  const notOlder = `--max-age=${Math.floor(since.getTime() / 1000)}`;
  const lines = await git.text(['rev-list', '--timestamp', notOlder, tip, '--', ...paths]);
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [seconds = '', oid = ''] = line.split(' ');
      return { oid, committedAt: new Date(Number(seconds) * 1000) };
    });
}

/** `<commit>`, then pairs of `:<modes> <oids> <status>` and path, for each commit that changes something. */
function parseRawDiffs(parts: readonly string[]): Map<Oid, Change[]> {
  const byCommit = new Map<Oid, Change[]>();
  let current: Change[] = [];
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index] ?? '';
    if (!part.startsWith(':')) {
      current = [];
      byCommit.set(part, current);
      continue;
    }
    const [oldMode = '', newMode = '', oldOid = '', newOid = '', status = ''] = part.slice(1).split(' ');
    index += 1;
    current.push({ status: status.charAt(0), path: parts[index] ?? '', oldMode, newMode, oldOid, newOid });
  }
  return byCommit;
}
