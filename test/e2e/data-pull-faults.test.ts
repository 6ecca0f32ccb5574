import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { objectKey } from '../../src/ports/object-store.js';
import { md5Of } from '../support/manifests.js';
import { FAULTS, type Fault } from '../support/s3-faults.js';
import { type S3Server, startS3Server } from '../support/s3-server.js';
import { git, isolatedEnv } from '../support/scratch.js';
import { commitVersion, s3DvcConfig, s3Key, s3Shelf, type Version } from '../support/stored-dataset.js';
import { makeTeam, PACKAGE_ROOT, wms } from '../support/team.js';

/** So many that threads write them. */
const PAIRS = 60;
const FILES: Version = Object.fromEntries(
  Array.from({ length: PAIRS }, (_, at) => [
    [`images/meter_${at}.jpg`, `photo ${at} `.repeat(500)],
    [`masks/meter_${at}.png`, `mask ${at} `.repeat(50)],
  ]).flat(),
);

let server: S3Server;
let clone: string;
beforeEach(async () => {
  server = await startS3Server();
  clone = (await makeTeam({ dvcConfig: s3DvcConfig(server) })).clone;
  await commitVersion(clone, s3Shelf(server), FILES);
});
afterEach(() => server.close());

const pull = () => wms(clone, ['data', 'pull']);

/** Every file that has a final name has the right bytes; how many there are. */
function intactFiles(): number {
  let files = 0;
  for (const role of ['images', 'masks']) {
    const directory = join(clone, 'data/training', role);
    for (const name of existsSync(directory) ? readdirSync(directory) : []) {
      if (name.startsWith('.wms-tmp-')) continue;
      expect(readFileSync(join(directory, name), 'utf8')).toBe(FILES[`${role}/${name}`]);
      files += 1;
    }
  }
  const cache = join(clone, '.dvc/cache/files');
  for (const entry of existsSync(cache) ? readdirSync(cache, { recursive: true, withFileTypes: true }) : []) {
    if (!entry.isFile() || entry.name.startsWith('.wms-tmp-')) continue;
    const md5 = md5Of(readFileSync(join(entry.parentPath, entry.name)));
    expect(join(entry.parentPath, entry.name).replace(/\.dir$/, '')).toBe(
      join(clone, '.dvc/cache', objectKey(md5)),
    );
  }
  return files;
}

/** Temporary files that are still there. */
const leftovers = () =>
  readdirSync(join(clone, 'data/training'), { recursive: true }).filter((name) =>
    String(name).includes('.wms-tmp-'),
  );

describe('faults that pass', () => {
  test.each<[string, Fault, number]>([
    ['bursts of 503', FAULTS.slowDown, 25],
    ['internal errors', FAULTS.internalError, 5],
    ['connections that are reset', FAULTS.reset, 5],
    ['connections that are reset in the middle of an object', FAULTS.resetMidBody, 5],
    ['truncated bodies', FAULTS.truncated, 5],
    ['slow bodies', { type: 'slow', milliseconds: 1 }, 3],
    ['wrong bytes', FAULTS.wrongBytes, 1],
  ])('%s: everything arrives', async (_name, fault, times) => {
    server.inject({ fault, operation: 'GetObject', times, after: 6 });
    const { exitCode, stderr } = await pull();
    expect(stderr).toContain(`${2 * PAIRS} files written`);
    expect(exitCode).toBe(0);
    expect(intactFiles()).toBe(2 * PAIRS);
    expect(leftovers()).toEqual([]);
  });
});

describe('faults that stay', () => {
  test('a page of a hotel network stops it, with the reason', async () => {
    server.inject({ fault: FAULTS.html200, operation: 'GetObject', after: 10 });
    const { exitCode, stderr } = await pull();
    expect(exitCode).toBe(5);
    expect(stderr).toContain('Something else than S3 answered');
    intactFiles();
    expect(leftovers()).toEqual([]);
    server.clearFaults();
    expect((await pull()).exitCode).toBe(0);
    expect(intactFiles()).toBe(2 * PAIRS);
  });

  test('credentials that run out stop it, and the next pull goes on', async () => {
    server.inject({ fault: FAULTS.expired, operation: 'GetObject', after: 15 });
    expect((await pull()).exitCode).toBe(4);
    const before = intactFiles();
    server.clearFaults();
    server.log.length = 0;
    expect((await pull()).exitCode).toBe(0);
    expect(server.count('GetObject')).toBeLessThanOrEqual(2 * PAIRS - before);
    expect(intactFiles()).toBe(2 * PAIRS);
  });

  test('wrong bytes in the store: all others arrive, the file is named', async () => {
    const md5 = md5Of(FILES['images/meter_3.jpg'] as string);
    server.objects().set(s3Key(md5), Buffer.from('wrong'));
    const { exitCode, stderr } = await pull();
    expect(exitCode).toBe(5);
    expect(stderr).toContain(`images/meter_3.jpg (${md5} is corrupt)`);
    expect(intactFiles()).toBe(2 * PAIRS - 1);
    expect(existsSync(join(clone, 'data/training/images/meter_3.jpg'))).toBe(false);
  });
});

test('killed in the middle, it leaves nothing half-written, and the next pull fetches only the rest', async () => {
  server.inject({ fault: { type: 'slow', milliseconds: 30 }, operation: 'GetObject', after: 22 });
  const running = execa(process.execPath, [join(PACKAGE_ROOT, 'bin/wms.js'), 'data', 'pull'], {
    cwd: clone,
    env: isolatedEnv({ CI: '1' }),
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
  while (intactFiles() < 10) await wait(20);
  running.kill('SIGKILL');
  expect((await running).signal).toBe('SIGKILL');
  const before = intactFiles();
  expect(before).toBeLessThan(2 * PAIRS);
  server.clearFaults();
  const { exitCode, stdout } = await wms(clone, ['data', 'pull', '--json']);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ unchanged: before, written: 2 * PAIRS - before });
  expect(JSON.parse(stdout).fetched.objects).toBeLessThanOrEqual(2 * PAIRS - before);
  expect(intactFiles()).toBe(2 * PAIRS);
  expect(leftovers()).toEqual([]);
  expect(await git(clone, 'status', '--porcelain')).toBe('');
});

test('a file that somebody writes while the others are pulled is left alone', async () => {
  server.inject({ fault: { type: 'slow', milliseconds: 1 }, operation: 'GetObject', after: 22 });
  const running = pull();
  while (intactFiles() < 20) await wait(20);
  const late = Object.keys(FILES).filter((path) => !existsSync(join(clone, 'data/training', path)));
  const mine = join(clone, 'data/training', late.at(-1) as string);
  writeFileSync(mine, 'mine');
  const { exitCode, stderr } = await running;
  expect(exitCode).toBe(6);
  expect(stderr).toContain('1 file changed while the others were pulled');
  expect(stderr).toContain(mine);
  expect(readFileSync(mine, 'utf8')).toBe('mine');
});

test('the store is never listed', async () => {
  await pull();
  expect(new Set(server.log.map(({ operation }) => operation))).toEqual(new Set(['GetObject']));
  expect(server.count('GetObject')).toBe(2 * PAIRS + 2);
});

test('verify --repair overwrites damaged objects in S3, and survives faults', async () => {
  await pull();
  const md5 = md5Of(FILES['images/meter_3.jpg'] as string);
  server.objects().set(s3Key(md5), Buffer.from('wrong'));
  server.inject({ fault: FAULTS.slowDown, times: 5 });
  server.inject({ fault: FAULTS.truncated, operation: 'GetObject', times: 2, after: 5 });
  const { exitCode, stderr } = await wms(clone, ['data', 'verify', '--deep', '--repair']);
  expect(stderr).toContain('1 object put back');
  expect(exitCode).toBe(0);
  expect(server.objects().get(s3Key(md5))?.toString()).toBe(FILES['images/meter_3.jpg']);
});
