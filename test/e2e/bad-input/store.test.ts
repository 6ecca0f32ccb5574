import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { expectPublished, expectRefused, IMAGES, MASKS, teamTemplate } from '../../support/bad-push.js';
import { refsOf } from '../../support/clone-state.js';
import { pairFiles } from '../../support/pictures.js';
import { commitFiles, writeFiles } from '../../support/scratch.js';
import { push } from '../../support/team.js';

const team = teamTemplate();

/** A pair whose image does not compress: about 200 KB. */
async function bigPair(): Promise<Record<string, Buffer>> {
  const raw = { width: 256, height: 256 } as const;
  const spot = Buffer.alloc(256 * 256).fill(255, 9000, 30_000);
  return {
    [`${IMAGES}/big.png`]: await sharp(randomBytes(256 * 256 * 3), { raw: { ...raw, channels: 3 } })
      .png()
      .toBuffer(),
    [`${MASKS}/big.png`]: await sharp(spot, { raw: { ...raw, channels: 1 } })
      .png()
      .toBuffer(),
  };
}

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('S3 on a port where nobody listens', async () => {
  const here = await team();
  await commitFiles(here.clone, await pairFiles([2]), 'photos');
  const endpoint = `http://127.0.0.1:${await closedPort()}`;
  const remote = [
    `['remote "storage"']`,
    '    url = s3://bucket/dvc',
    `    endpointurl = ${endpoint}`,
    '    access_key_id = AKIAEXAMPLE0000000',
    '    secret_access_key = canary-secret-0123456789',
  ];
  await writeFiles(here.clone, { '.dvc/config.local': `${remote.join('\n')}\n` });
  const { stderr } = await expectRefused(here, {
    code: 5,
    kind: 'store/unreachable',
    says: [`${endpoint} cannot be reached`, 'ECONNREFUSED', 'endpointurl in .dvc/config'],
  });
  expect(stderr).not.toContain('canary');
  rmSync(join(here.clone, '.dvc/config.local'));
  await expectPublished(here, ['meter_1', 'meter_2']);
});

test('a file stands where a directory of the path to the store should be', async () => {
  const here = await team();
  await commitFiles(here.clone, await pairFiles([2]), 'photos');
  writeFileSync(join(here.clone, '../disk'), 'no directory');
  const remote = `['remote "storage"']\n    url = ../../disk/store\n`;
  await writeFiles(here.clone, { '.dvc/config.local': remote });
  await expectRefused(here, {
    code: 5,
    kind: 'store/not-a-directory',
    says: [`The store ${join(here.clone, '../disk/store')}`, 'A file stands where', '.dvc/config'],
  });
  rmSync(join(here.clone, '.dvc/config.local'));
  await expectPublished(here, ['meter_1', 'meter_2']);
});

// Root may write everywhere.
test.runIf(process.getuid?.() !== 0)('no permission to write to the store', async () => {
  const here = await team();
  await commitFiles(here.clone, await pairFiles([2]), 'photos');
  chmodSync(here.store, 0o555);
  await expectRefused(here, {
    code: 4,
    kind: 'store/no-permission',
    says: [`The store ${here.store}`, 'Ask the owner'],
  });
  chmodSync(here.store, 0o755);
  await expectPublished(here, ['meter_1', 'meter_2']);
});

interface Disk {
  grow(): void;
  /** Before the directory is removed. */
  unmount(): void;
}

/** Puts a file system of `size` at `path`; null where this machine does not allow that. */
function mountSmallDisk(path: string, size: string): Disk | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    return null;
  }
  return {
    grow: () => void execFileSync('mount', ['-o', 'remount,size=16m', path]),
    unmount: () => void execFileSync('umount', ['--lazy', path]),
  };
}

test('the disk of the store is full', async ({ skip }) => {
  const here = await team();
  await commitFiles(here.clone, { ...(await pairFiles([2])), ...(await bigPair()) }, 'photos');
  const old = `${here.store}.old`;
  renameSync(here.store, old);
  mkdirSync(here.store);
  const disk = mountSmallDisk(here.store, '128k');
  if (disk === null) return skip('mounting a small file system needs root');
  try {
    await execa('cp', ['-a', `${old}/.`, here.store]);
    await expectRefused(here, {
      code: 5,
      kind: 'store/disk-full',
      says: [
        `The store ${here.store} could not store the object`,
        'no room left',
        '→ Make room, then push again: what is stored already is kept',
      ],
    });
    disk.grow();
    await expectPublished(here, ['meter_1', 'meter_2', 'big']);
  } finally {
    disk.unmount();
  }
});

test('the disk of the clone is full: no bug of this program', async ({ skip }) => {
  const here = await team();
  await commitFiles(here.clone, await pairFiles([2]), 'photos');
  await expectPublished(here, ['meter_1', 'meter_2']);
  await commitFiles(here.clone, await pairFiles([3]), 'more photos');
  const state = join(here.clone, '.git/wms');
  rmSync(state, { recursive: true });
  mkdirSync(state);
  const disk = mountSmallDisk(state, '4k');
  if (disk === null) return skip('mounting a small file system needs root');
  try {
    writeFileSync(join(state, 'last-publish.json'), ' '.repeat(4096));
    const before = await refsOf(here.remote);
    const { exitCode, stderr } = await push(here.clone);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${state}`);
    expect(stderr).toContain('There is no room left on that disk');
    expect(stderr).toContain('→ Make room');
    expect(stderr).not.toContain('bug');
    expect(await refsOf(here.remote)).toBe(before);
  } finally {
    disk.unmount();
  }
});
