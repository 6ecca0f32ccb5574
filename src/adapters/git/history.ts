import type { Change, Commit, CommitChanges, LoggedCommit, Oid } from '../../ports/git-repository.js';
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

const LOGGED = ['%H', '%P', '%aN', '%aE', '%at', '%ct', '%B'];

export async function log(
  git: Git,
  tip: Oid,
  paths: readonly string[],
  limit: number,
): Promise<LoggedCommit[]> {
  // Personal settings that would add lines, or follow renames.
  const plain = ['-c', 'log.showSignature=false', '-c', 'log.follow=false'];
  const format = `--format=tformat:${LOGGED.join('%x00')}`;
  const args = [...plain, 'log', '-z', '--date-order', '--encoding=UTF-8', `--max-count=${limit}`, format];
  const parts = fields((await git.run([...args, tip, '--', ...paths])).stdout);
  const commits: LoggedCommit[] = [];
  for (let at = 0; at + LOGGED.length <= parts.length; at += LOGGED.length) {
    const [oid = '', parents = '', name = '', email = '', authored = '', committed = '', message = ''] =
      parts.slice(at, at + LOGGED.length);
    commits.push({
      oid,
      parents: parents === '' ? [] : parents.split(' '),
      author: { name, email },
      authoredAt: new Date(Number(authored) * 1000),
      committedAt: new Date(Number(committed) * 1000),
      message,
    });
  }
  return commits;
}

/** `<commit>`, then pairs of `:<modes> <oids> <status>` and path, for each commit that changes something. */
export function parseRawDiffs(parts: readonly string[]): Map<Oid, Change[]> {
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
