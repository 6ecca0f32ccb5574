import { createHash, randomBytes } from 'node:crypto';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { directoryError } from '../../src/adapters/directory/errors.js';
import { openDirectoryIdentity } from '../../src/adapters/directory/identity.js';
import { openDirectoryStore } from '../../src/adapters/directory/store.js';

const bytes = randomBytes(1000);
const id = createHash('md5').update(bytes).digest('hex');

let root: string;
let file: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'wms-store-'));
  file = path.join(root, 'files', 'md5', id.slice(0, 2), id.slice(2));
});
afterEach(async () => {
  await chmod(root, 0o755);
  await rm(root, { recursive: true });
});

const everything = async () =>
  (await readdir(root, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

describe('files', () => {
  it('have the layout and the mode of DVC, whatever the umask, and nothing else stays', async () => {
    const umask = process.umask(0o077);
    try {
      await openDirectoryStore({ path: root }).put(id, bytes);
    } finally {
      process.umask(umask);
    }
    expect(await everything()).toEqual([file]);
    expect((await stat(file)).mode & 0o777).toBe(0o444);
    expect((await readFile(file)).equals(bytes)).toBe(true);
  });

  it('are never in a directory that the garbage collection of DVC empties', async () => {
    await openDirectoryStore({ path: root }).put(id, bytes);
    const others = (await readdir(root)).filter((name) => name !== 'files');
    expect(others.every((name) => name.length >= 3)).toBe(true);
  });

  it('are not touched when they are there already', async () => {
    const store = openDirectoryStore({ path: root });
    await store.put(id, bytes);
    const before = await stat(file);
    expect(await store.put(id, bytes)).toBe('present');
    const after = await stat(file);
    expect([after.ino, after.mtimeMs]).toEqual([before.ino, before.mtimeMs]);
  });

  it('that are cut off are not taken for stored', async () => {
    const store = openDirectoryStore({ path: root });
    await store.put(id, bytes);
    await chmod(file, 0o644);
    await truncate(file, 500);
    await expect(store.put(id, bytes)).rejects.toMatchObject({ kind: 'store/object-corrupt', code: 5 });
  });

  it('can be shared with a group', async () => {
    await openDirectoryStore({ path: path.join(root, 'shared'), shared: true }).put(id, bytes);
    const directory = path.join(root, 'shared', 'files', 'md5', id.slice(0, 2));
    expect((await stat(directory)).mode & 0o7777).toBe(0o2775);
    expect((await stat(path.join(root, 'shared'))).mode & 0o7777).toBe(0o2775);
  });

  it('of writers that died long ago are removed, those of living ones are not', async () => {
    const temporary = path.join(root, 'wms-tmp');
    await mkdir(temporary);
    await writeFile(path.join(temporary, 'dead'), 'x');
    await writeFile(path.join(temporary, 'alive'), 'x');
    const twoDaysAgo = new Date(Date.now() - 2 * 86_400_000);
    await utimes(path.join(temporary, 'dead'), twoDaysAgo, twoDaysAgo);
    await openDirectoryStore({ path: root }).put(id, bytes);
    expect(await readdir(temporary)).toEqual(['alive']);
  });
});

describe('a writer that is killed', () => {
  it('leaves only complete objects under their names', async () => {
    const script = `
      import { createHash, randomBytes } from 'node:crypto';
      import { openDirectoryStore } from '${path.resolve('src/adapters/directory/store.ts')}';
      const store = openDirectoryStore({ path: ${JSON.stringify(root)} });
      process.stdout.write('ready');
      for (;;) {
        const bytes = randomBytes(300_000);
        await Promise.all([store.put(createHash('md5').update(bytes).digest('hex'), bytes)]);
      }`;
    const child = execa(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      reject: false,
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await new Promise((resolve) => setTimeout(resolve, 150));
    child.kill('SIGKILL');
    await child;
    const objects = (await everything()).filter((name) => name.includes('/files/md5/'));
    expect(objects.length).toBeGreaterThan(0);
    for (const object of objects) {
      const digest = createHash('md5')
        .update(await readFile(object))
        .digest('hex');
      expect(object.endsWith(path.join(digest.slice(0, 2), digest.slice(2)))).toBe(true);
    }
  });
});

describe('errors', () => {
  it('a file where the store should be', async () => {
    const place = path.join(root, 'file');
    await writeFile(place, 'x');
    const store = openDirectoryStore({ path: place });
    await expect(store.put(id, bytes)).rejects.toMatchObject({ kind: 'store/not-a-directory', code: 5 });
    await expect(store.get(id)).rejects.toMatchObject({ kind: 'store/not-a-directory', code: 5 });
    expect(await readFile(place, 'utf8')).toBe('x');
  });

  it('no room on the disk: nothing stays under the name', async (context) => {
    const small = path.join(root, 'small');
    await mkdir(small);
    const mount = await execa('sh', ['-c', 'mount -t tmpfs -o size=64k tmpfs "$1"', 'sh', small], {
      reject: false,
    });
    if (mount.exitCode !== 0) return context.skip('only root can mount a small disk');
    try {
      const big = randomBytes(1_000_000);
      const name = createHash('md5').update(big).digest('hex');
      const store = openDirectoryStore({ path: small });
      await expect(store.put(name, big)).rejects.toMatchObject({ kind: 'store/disk-full', code: 5 });
      expect(await store.has(name)).toBe(false);
      expect(await readdir(path.join(small, 'wms-tmp'))).toEqual([]);
    } finally {
      await execa('sh', ['-c', 'umount "$1"', 'sh', small]);
    }
  });

  it.each([
    ['ENOSPC', 'store/disk-full', 5],
    ['EDQUOT', 'store/disk-full', 5],
    ['EROFS', 'store/read-only', 5],
    ['EACCES', 'store/no-permission', 4],
    ['EPERM', 'store/no-permission', 4],
    ['ENOTDIR', 'store/not-a-directory', 5],
    ['EIO', 'store/io', 5],
  ])('%s becomes %s', (code, kind, exit) => {
    const error = directoryError(
      Object.assign(new Error(`${code}: x`), { code }),
      'store the object x',
      '/store',
    );
    expect(error).toMatchObject({ kind, code: exit, next: expect.any(String) });
    expect(error.message).toContain('/store');
    expect(error.why).toContain(code);
  });
});

describe('who am I', () => {
  it('the user of this machine, also before the directory exists', async () => {
    const identity = openDirectoryIdentity({ path: path.join(root, 'not', 'yet') });
    expect(await identity.whoAmI()).toBe(`${userInfo().username} on this machine`);
  });

  it('nobody who may not write', async (context) => {
    if (process.getuid?.() === 0) return context.skip('root may write everywhere');
    await chmod(root, 0o555);
    const identity = openDirectoryIdentity({ path: path.join(root, 'store') });
    await expect(identity.whoAmI()).rejects.toMatchObject({ kind: 'store/no-permission', code: 4 });
  });
});
