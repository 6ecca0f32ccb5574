import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { EXIT, WmsError } from '../../errors.js';
import type { Oid, Worktree } from '../../ports/git-repository.js';
import type { Git } from './git.js';

export async function refsBelow(git: Git, prefix: string): Promise<{ ref: string; oid: Oid }[]> {
  const lines = await git.text(['for-each-ref', '--format=%(objectname) %(refname)', prefix]);
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const space = line.indexOf(' ');
      return { oid: line.slice(0, space), ref: line.slice(space + 1) };
    });
}

export async function worktrees(git: Git): Promise<Worktree[]> {
  const listed = await git.text(['worktree', 'list', '--porcelain']);
  return listed.split('\n\n').flatMap((block) => {
    const lines = block.split('\n');
    const after = (name: string) => lines.find((line) => line.startsWith(name))?.slice(name.length);
    const path = after('worktree ');
    return path === undefined ? [] : [{ path, branch: after('branch refs/heads/') ?? null }];
  });
}

export interface HeldRef {
  /** Moves the ref. Not called, or this process killed: the ref stays where it was. */
  commit(): Promise<void>;
  release(): Promise<void>;
}

/** Locks `ref` while it is at `from`, to move it to `to` later. */
export async function holdRef(git: Git, ref: string, to: Oid, from: Oid, message: string): Promise<HeldRef> {
  const process = execa('git', ['update-ref', '--stdin', '-m', message], {
    cwd: git.cwd,
    env: git.env,
    extendEnv: false,
    stdin: 'pipe',
    buffer: { stdout: false, stderr: true },
    reject: false,
  });
  // A process that ended already closes the pipe; its words on stderr say why.
  process.stdin.on('error', () => undefined);
  const answers = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  const ask = async (commands: readonly string[], answer: string): Promise<void> => {
    process.stdin.write(`${commands.join('\n')}\n`);
    for (let said = await answers.next(); said.value !== answer; said = await answers.next()) {
      if (said.done === true) throw refMoved(ref, (await process).stderr);
    }
  };
  const release = async (): Promise<void> => {
    process.stdin.end();
    await process;
  };
  await ask(['start', `update ${ref} ${to} ${from}`, 'prepare'], 'prepare: ok');
  return {
    commit: async () => {
      await ask(['commit'], 'commit: ok');
      await release();
    },
    release,
  };
}

export async function updateRef(git: Git, ref: string, to: Oid, from: Oid, message: string): Promise<void> {
  const answer = await git.run(['update-ref', '-m', message, ref, to, from], { answers: [0, 1, 128] });
  if (answer.code !== 0) throw refMoved(ref, answer.stderr);
}

const BEGUN: Record<string, string> = {
  MERGE_HEAD: 'merge',
  CHERRY_PICK_HEAD: 'cherry-pick',
  REVERT_HEAD: 'revert',
  'rebase-merge': 'rebase',
  'rebase-apply': 'rebase',
};

export async function unfinishedOperation(
  gitPath: (name: string) => Promise<string>,
): Promise<string | null> {
  for (const [name, operation] of Object.entries(BEGUN))
    if (existsSync(await gitPath(name))) return operation;
  return null;
}

function refMoved(ref: string, stderr: string): WmsError {
  return new WmsError({
    kind: 'git/ref-moved',
    code: EXIT.conflict,
    what: `${ref} could not be moved.`,
    why: stderr.trim() || 'Git gave no reason.',
    next: 'If another Git command moved it just now, run the command again.',
  });
}
