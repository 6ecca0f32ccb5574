import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { drawMeter } from '../../scripts/sample/meters.js';
import { tinyModel, tinyModelFacts } from '../../scripts/sample/tiny-model.js';
import { openDirectoryNotes } from '../../src/adapters/directory/notes.js';
import type { LocalOptions } from '../../src/adapters/local-machine/options.js';
import { readReport } from '../../src/cloud/machine/report.pure.js';
import type { Compute, MachineOrder } from '../../src/ports/compute.js';
import { seededRandom } from '../../src/seeded-random.pure.js';
import { builtModule } from '../support/built-modules.js';
import { installFakeMlflow } from '../support/fake-mlflow.js';
import { promoteBytes } from '../support/kept-verdicts.js';
import {
  LOCAL_NOTES,
  lifeOf,
  localDirectory,
  localOptions,
  localOrder,
  openLocal,
  processesWith,
  until,
} from '../support/local-machines.js';
import { isolatedEnv, makeRepository, writeFiles } from '../support/scratch.js';
import { makeTeam } from '../support/team.js';

const ORDER = localOrder();
const SECOND = 1000;

let clone: string;
let compute: Compute;
/** In the environment of all that this test starts. */
let mark: string;

let module: string;
beforeAll(async () => {
  module = await builtModule('adapters/local-machine/index');
});

beforeEach(async ({ task }) => {
  mark = `WMS_LOCAL_TEST_${task.id.replaceAll('-', '_')}_${process.pid}`;
  clone = await makeRepository();
  compute = open();
  return async () => {
    for (const thing of await compute.billed()) await compute.remove(thing);
  };
});

const open = (changes: Partial<LocalOptions> = {}) =>
  openLocal(clone, { env: isolatedEnv({ [mark]: '1' }), ...changes });
const notes = () => openDirectoryNotes({ path: localDirectory(clone) });
const report = async () => readReport(await notes().read(LOCAL_NOTES(ORDER.session).report), ORDER.session);
const reached = (stage: string) => until(report, (now) => now?.stage === stage || now?.stage === 'failed');
const log = async () => String(await notes().read(LOCAL_NOTES(ORDER.session).log));
const soon = (seconds: number): MachineOrder =>
  localOrder({ deadline: new Date(Date.now() + seconds * SECOND).toISOString() });
const left = () =>
  until(
    () => processesWith(mark),
    (lines) => lines.length === 0,
  );
const found = (many: number) =>
  until(
    () => compute.find(ORDER.session),
    ({ length }) => length === many,
  );

test('MLflow and the API answer, or are told to be missing, and the end leaves nothing', async () => {
  await installFakeMlflow(clone);
  await compute.create(ORDER);
  expect(await reached('ready')).toMatchObject({
    stage: 'ready',
    told: { api: expect.stringMatching(/\S/) },
  });
  const [machine] = await compute.find(ORDER.session);
  const url = machine?.urls?.mlflow ?? '';
  expect(machine?.urls?.api).toBeUndefined();
  expect(await (await fetch(`${url}/health`)).text()).toBe('OK');
  const { words, directory } = (await (await fetch(url)).json()) as { words: string[]; directory: string };
  expect(directory).toBe(join(localDirectory(clone), 'mlflow'));
  expect(words.join(' ')).toMatch(/^server --host 127\.0\.0\.1 --port \d+ --workers 1 /);
  expect(await until(log, (text) => text.includes('MLflow stands here'))).toContain(
    `mlflow answers at ${url}`,
  );
  await compute.remove({ kind: 'machine', id: machine?.id ?? '', session: ORDER.session });
  expect([await compute.billed(), await processesWith(mark)]).toEqual([[], []]);
  await expect(fetch(url)).rejects.toThrow();
});

test('without MLflow the session is ready all the same, and says how to install it', async () => {
  await compute.create(ORDER);
  expect(await reached('ready')).toMatchObject({ told: { mlflow: 'not installed: pip install mlflow' } });
});

test('MLflow that cannot start is told with what it said', async () => {
  await installFakeMlflow(clone, '#!/bin/sh\necho "Detected out-of-date database schema" >&2\nexit 3\n');
  await compute.create(ORDER);
  expect(await reached('failed')).toMatchObject({
    stage: 'failed',
    failure: expect.stringContaining('out-of-date database schema'),
  });
});

test('MLflow that dies is started again at the same address', async () => {
  await installFakeMlflow(clone);
  await compute.create(ORDER);
  await reached('ready');
  const url = (await compute.find(ORDER.session))[0]?.urls?.mlflow ?? '';
  const pid = async () => ((await (await fetch(url)).json()) as { pid: number }).pid;
  const first = await pid();
  process.kill(first, 'SIGKILL');
  expect(
    await until(
      () => pid().catch(() => first),
      (now) => now !== first,
    ),
  ).not.toBe(first);
});

test('the Production model answers', async () => {
  const team = await makeTeam();
  clone = team.clone;
  compute = open();
  await promoteBytes(clone, tinyModel(), tinyModelFacts());
  await compute.create(ORDER);
  expect(await reached('ready')).toMatchObject({ stage: 'ready' });
  const url = (await compute.find(ORDER.session))[0]?.urls?.api ?? '';
  const { image } = await drawMeter(3);
  const answer = await fetch(`${url}/predict`, { method: 'POST', body: image });
  expect([answer.status, answer.headers.get('x-model-version')]).toEqual([200, '1']);
});

test('the deadline ends it and all that it runs', async () => {
  await installFakeMlflow(clone);
  await compute.create(soon(3));
  expect(await found(0)).toEqual([]);
  expect([await left(), await compute.billed()]).toEqual([[], []]);
  expect(await log()).toContain('It ends: the deadline was');
});

test('a deadline that was put off counts, and an earlier one does not', async () => {
  const order = soon(4);
  const { id } = await compute.create(order);
  await compute.extend(id, '2199-11-27T18:15:00.000Z');
  await compute.extend(id, new Date().toISOString());
  await wait(Date.parse(order.deadline) + 3 * SECOND - Date.now());
  expect(await compute.find(ORDER.session)).toMatchObject([{ id, deadline: '2199-11-27T18:15:00.000Z' }]);
});

test('unused it ends; a lease keeps it, and so do requests', async () => {
  await installFakeMlflow(clone);
  const lease = (seconds: number) => {
    const leases = [{ until: new Date(Date.now() + seconds * SECOND).toISOString() }];
    return notes().write('cloud/session', Buffer.from(JSON.stringify({ leases })));
  };
  await lease(60);
  compute = open({ idleMinutes: 4 / 60 });
  await compute.create(ORDER);
  await reached('ready');
  await wait(7 * SECOND);
  const url = (await compute.find(ORDER.session))[0]?.urls?.mlflow ?? 'none';
  for (let second = 0; second < 7; second += 1) {
    expect((await fetch(url, { headers: { connection: 'close' } })).status).toBe(200);
    if (second === 0) await lease(-1);
    await wait(SECOND);
  }
  expect(await found(0)).toEqual([]);
  const ended = 'It ends: nobody used it for';
  expect(await until(log, (text) => text.includes(ended))).toContain(ended);
});

test('a wish for a dump is fulfilled by where the data is', async () => {
  const { id } = await compute.create(ORDER);
  await compute.wantDump(id, '2026-11-27T12:00:00.000Z');
  const { dump } = (await until(report, (now) => now?.dump !== undefined)) ?? {};
  expect(dump).toEqual({ at: '2026-11-27T12:00:00.000Z', key: join(localDirectory(clone), 'mlflow') });
});

test('what it ran does not outlive a supervisor that was killed', async () => {
  await installFakeMlflow(clone);
  await compute.create(ORDER);
  await reached('ready');
  process.kill((await lifeOf(clone, ORDER)).pid, 'SIGKILL');
  expect(await left()).toEqual([]);
  expect(await compute.find(ORDER.session)).toEqual([]);
  const things = await compute.billed();
  expect(things).toHaveLength(1);
  for (const thing of things) expect(await compute.remove(thing)).toBeNull();
  expect(await compute.billed()).toEqual([]);
});

test('a program that has the number and the port of a dead machine is neither trusted nor ended', async () => {
  const { id } = await compute.create(ORDER);
  process.kill((await lifeOf(clone, ORDER)).pid, 'SIGKILL');
  const asked: string[] = [];
  const stranger = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(JSON.stringify({ machine: 'another', deadline: ORDER.deadline, urls: {} }));
  });
  stranger.listen(0, '127.0.0.1');
  await once(stranger, 'listening');
  const { port } = stranger.address() as AddressInfo;
  const life = { 'life.json': JSON.stringify({ pid: process.pid, port }) };
  await writeFiles(join(localDirectory(clone), 'machines', `${ORDER.session}-1`), life);
  expect(await compute.find(ORDER.session)).toEqual([]);
  await compute.extend(id, '2199-11-27T18:15:00.000Z');
  expect(await compute.create(ORDER)).toMatchObject({ id, state: 'ended' });
  for (const thing of await compute.billed()) await compute.remove(thing);
  expect([await compute.billed(), asked.length > 0]).toEqual([[], true]);
  stranger.close();
});

test('only who knows the secret may ask, and only the owner can read it', async () => {
  await compute.create(ORDER);
  const { port } = JSON.parse(
    await readFile(join(localDirectory(clone), 'machines', `${ORDER.session}-1/life.json`), 'utf8'),
  );
  for (const body of ['', 'null', '{}', '{"secret":"0","wish":{"do":"end"}}', 'x'.repeat(100_000)]) {
    const answer = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body }).catch(() => null);
    expect(answer?.status ?? 403).toBe(403);
  }
  expect(await compute.find(ORDER.session)).toHaveLength(1);
});

test('a clone that is removed takes its session with it, and does not come back', async () => {
  await installFakeMlflow(clone);
  await compute.create(ORDER);
  await reached('ready');
  await rm(clone, { recursive: true, maxRetries: 5 });
  expect(await left()).toEqual([]);
  await expect(readFile(clone)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('20 times killed while it is made and while it is ended: a second end leaves nothing', async () => {
  await installFakeMlflow(clone);
  let kills = 0;
  for (let seed = 0; seed < 20; seed += 1) {
    const random = seededRandom(seed);
    const order = localOrder({ session: `20261127-101500-${seed}` });
    if (await killed('create', order, random() * 250)) kills += 1;
    if (random() < 0.5) await Promise.all([compute.create(order), open().create(order)]);
    expect((await compute.find(order.session)).length).toBeLessThanOrEqual(1);
    if (await killed('removeAll', order, random() * 400)) kills += 1;
    for (const thing of await compute.billed()) expect(await compute.remove(thing)).toBeNull();
    expect([seed, await compute.billed(), await compute.find(order.session)]).toEqual([seed, [], []]);
  }
  expect(await left()).toEqual([]);
  expect(kills).toBeGreaterThan(10);
}, 240_000);

/** Runs it in a process of its own, killed so many milliseconds after its begin. False: it was done before. */
async function killed(what: 'create' | 'removeAll', order: MachineOrder, after: number): Promise<boolean> {
  const { notesOf: _, ...options } = localOptions(clone, { env: isolatedEnv({ [mark]: '1' }) });
  const script = `
    const { localCompute } = await import(${JSON.stringify(module)});
    const notesOf = (session) => ({ report: 'cloud/' + session + '/report', log: 'cloud/' + session + '/report-log', session: 'cloud/session' });
    const compute = localCompute({ ...${JSON.stringify(options)}, notesOf });
    process.stdout.write('begins');
    if (${what === 'create'}) await compute.create(${JSON.stringify(order)});
    else for (const thing of await compute.billed()) await compute.remove(thing);
    process.exit();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  await Promise.race([ended, wait(after)]);
  const isKilled = child.kill('SIGKILL');
  await ended;
  return isKilled;
}
