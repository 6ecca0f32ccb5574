import { EXIT, WmsError } from '../../errors.js';
import type { Oid, PushResult } from '../../ports/git-repository.js';
import type { Git } from './git.js';

/** Our own hook sees this in the nested push and steps aside; other people's hooks still run. */
const PUBLISHING = 'WMS_PUBLISHING';

interface PushAnswer {
  readonly outcome: 'pushed' | 'moved' | 'failed';
  /** What Git says of the ref on its standard output. */
  readonly line: string;
  readonly stderr: string;
}

export async function pushBranch(
  git: Git,
  remote: string,
  commit: Oid,
  branch: string,
  expected: Oid | null,
): Promise<PushResult> {
  const ref = `refs/heads/${branch}`;
  const { outcome, line, stderr } = await pushLeased(git, remote, commit, ref, expected);
  if (outcome === 'pushed') return { outcome, messages: remoteMessages(stderr) };
  if (outcome === 'moved') return { outcome: 'exists', messages: [] };
  throw pushFailed(remote, branch, line, stderr);
}

export async function pushRef(
  git: Git,
  remote: string,
  commit: Oid,
  ref: string,
  expected: Oid | null,
): Promise<'pushed' | 'moved'> {
  // A lease alone would let a commit through that forgets what is there.
  if (expected !== null) await git.run(['merge-base', '--is-ancestor', expected, commit]);
  const { outcome, line, stderr } = await pushLeased(git, remote, commit, ref, expected);
  if (outcome === 'failed') throw refPushFailed(remote, ref, line, stderr);
  return outcome;
}

export async function deleteBranch(
  git: Git,
  remote: string,
  branch: string,
  expected: Oid,
): Promise<'deleted' | 'moved'> {
  const ref = `refs/heads/${branch}`;
  const { outcome, line, stderr } = await pushLeased(git, remote, '', ref, expected);
  if (outcome === 'pushed') return 'deleted';
  const there = await git.text(['ls-remote', '--', remote, ref]);
  if (there === '') return 'deleted';
  if (outcome === 'failed') throw refPushFailed(remote, ref, line, stderr);
  return 'moved';
}

/** Pushes (nothing: deletes) while `ref` is at `expected` on the remote; null: while it is not there. */
async function pushLeased(
  git: Git,
  remote: string,
  commit: Oid | '',
  ref: string,
  expected: Oid | null,
): Promise<PushAnswer> {
  const args = ['push', '--porcelain', '--no-follow-tags', '--recurse-submodules=no'];
  const lease = `--force-with-lease=${ref}:${expected ?? ''}`;
  const { code, stdout, stderr } = await git.run([...args, lease, '--', remote, `${commit}:${ref}`], {
    env: { [PUBLISHING]: '1' },
    answers: [0, 1, 128],
  });
  const lines = stdout.toString().split('\n');
  const line = lines.find((text) => text.includes(`:${ref}\t`)) ?? '';
  const moved = line.includes('(stale info)') || tookItFirst(ref, stderr);
  return { outcome: code === 0 ? 'pushed' : moved ? 'moved' : 'failed', line, stderr };
}

/** Another push moved the ref, or is moving it, after the remote had told us where it is. */
function tookItFirst(ref: string, stderr: string): boolean {
  const reason = stderr.split(`cannot lock ref '${ref}': `)[1] ?? '';
  return /^(reference already exists|is at )/.test(reason) || stderr.includes(`${ref}.lock': File exists`);
}

function remoteMessages(stderr: string): string[] {
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('remote:'))
    .map((line) => line.slice('remote:'.length).trim())
    .filter((line) => line !== '');
}

function pushFailed(remote: string, branch: string, line: string, stderr: string): WmsError {
  const said = saidBy(line, stderr);
  const blockedByName = /'refs\/heads\/data' exists|directory file conflict|refname conflict/i.test(said);
  if (blockedByName) {
    return new WmsError({
      kind: 'git/branch-name-blocked',
      code: EXIT.network,
      what: `${remote} cannot have a branch ${branch}.`,
      why: `A branch named "data" on the remote leaves no room for branches below data/.\n${said}`,
      next: `Rename that branch, for example: git push ${remote} refs/remotes/origin/data:refs/heads/dataset-old :refs/heads/data`,
    });
  }
  return new WmsError({
    kind: 'git/push-failed',
    code: EXIT.network,
    what: `${remote} did not take the branch ${branch}.`,
    why: said || 'Git gave no reason.',
    next: 'The objects are in the store already; push again when the reason is gone.',
  });
}

function refPushFailed(remote: string, ref: string, line: string, stderr: string): WmsError {
  const refused =
    line.includes('[remote rejected]') || /\b(403|permission|not allowed|denied)\b/i.test(stderr);
  return new WmsError({
    kind: refused ? 'git/push-refused' : 'git/push-failed',
    code: refused ? EXIT.credentials : EXIT.network,
    what: `${remote} did not take ${ref.replace(/^refs\/heads\//, 'the branch ')}.`,
    why: saidBy(line, stderr) || 'Git gave no reason.',
    next: 'Do this again when the reason is gone.',
  });
}

function saidBy(line: string, stderr: string): string {
  return [line.split('\t').at(-1) ?? '', stderr.trim()].filter((text) => text !== '').join('\n');
}
