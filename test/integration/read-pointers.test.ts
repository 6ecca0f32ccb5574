import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openGitRepository } from '../../src/adapters/git/repository.js';
import { readDirectoryPointers } from '../../src/dataset/directory-pointer.js';
import { updatePointer } from '../../src/dataset/pointer.js';
import { commitFiles, git, isolatedEnv, makeRepository } from '../support/scratch.js';

const ID = `${'a'.repeat(32)}.dir`;
const POINTER = updatePointer(null, { path: 'images', id: ID, nfiles: 3 });

async function read(path: string, commit: string) {
  const repository = await openGitRepository({ cwd: path, env: isolatedEnv() });
  return readDirectoryPointers(repository, commit, ['data/images', 'data/masks']);
}

test('a directory without a pointer has none', async () => {
  const path = await makeRepository();
  const commit = await commitFiles(path, { 'data/images.dvc': POINTER });
  const [images, masks] = await read(path, commit);
  expect(images).toMatchObject({ path: 'data/images.dvc', text: POINTER, pointer: { id: ID } });
  expect(masks).toBeNull();
});

test('a pointer that Git has lost is no directory without a pointer', async () => {
  const path = await makeRepository();
  const commit = await commitFiles(path, { 'data/images.dvc': POINTER });
  const oid = await git(path, 'rev-parse', 'HEAD:data/images.dvc');
  await rm(join(path, '.git/objects', oid.slice(0, 2), oid.slice(2)));
  await expect(read(path, commit)).rejects.toMatchObject({ kind: 'git/object-missing' });
});

test('a directory in the place of a pointer is not taken for none', async () => {
  const path = await makeRepository();
  const commit = await commitFiles(path, { 'data/images.dvc/file': 'text' });
  await expect(read(path, commit)).rejects.toMatchObject({ kind: 'pointer/corrupt' });
});
