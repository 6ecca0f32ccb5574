import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Oid, TreeEntry, TreeWriter } from '../../ports/git-repository.js';
import { fields, type Git } from './git.js';

export async function listTree(git: Git, args: readonly string[]): Promise<TreeEntry[]> {
  const { stdout } = await git.run(['ls-tree', '-z', '--full-tree', ...args]);
  return fields(stdout).map((line) => {
    const tab = line.indexOf('\t');
    const [mode = '', , oid = ''] = line.slice(0, tab).split(' ');
    return { mode, oid, path: line.slice(tab + 1) };
  });
}

export async function openTreeWriter(
  git: Git,
  temporaryDirectory: string,
  zeroOid: Oid,
): Promise<TreeWriter> {
  await mkdir(temporaryDirectory, { recursive: true });
  const index = join(temporaryDirectory, `index-${process.pid}-${randomUUID()}`);
  const env = { GIT_INDEX_FILE: index };
  return {
    async write(base, edits) {
      await git.run(base === null ? ['read-tree', '--empty'] : ['read-tree', base], { env });
      if (edits.length > 0) {
        const lines = edits.map(({ path, entry }) =>
          entry === null ? `0 ${zeroOid}\t${path}` : `${entry.mode} ${entry.oid}\t${path}`,
        );
        await git.run(['update-index', '-z', '--index-info'], { env, input: `${lines.join('\0')}\0` });
      }
      return git.text(['write-tree'], { env });
    },
    async close() {
      await rm(index, { force: true });
      await rm(`${index}.lock`, { force: true });
    },
  };
}

/** Tree of the working files; see `workingTree` of the port. */
export async function writeWorkingTree(git: Git, index: string, except: readonly string[]): Promise<Oid> {
  const temporary = await mkdtemp(join(tmpdir(), 'wms-index-'));
  const copy = join(temporary, 'index');
  const env = { GIT_INDEX_FILE: copy };
  try {
    await copyFile(index, copy);
    const changed = ['ls-files', '-z', '--modified', '--deleted', '--others', '--exclude-standard'];
    const isWanted = (path: string) =>
      !path.endsWith('/') && !except.some((directory) => path.startsWith(`${directory}/`));
    const paths = fields((await git.run(changed, { env })).stdout).filter(isWanted);
    const input = paths.map((path) => `${path}\0`).join('');
    await git.run(['update-index', '-z', '--add', '--remove', '--stdin'], { env, input });
    return await git.text(['write-tree'], { env });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
