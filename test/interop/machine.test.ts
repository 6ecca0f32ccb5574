import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { drawMeter } from '../../scripts/sample/meters.js';
import { tinyModel, tinyModelFacts } from '../../scripts/sample/tiny-model.js';
import { openMlflow } from '../../src/adapters/mlflow/index.js';
import { tunnelsWith } from '../../src/adapters/tunnels/index.js';
import { makeKey, openSsh } from '../../src/adapters/tunnels/ssh.js';
import { openTls } from '../../src/adapters/tunnels/tls.js';
import { openOnSession } from '../../src/ci/on-session.js';
import { DOOR_PORT, doorsKeyOf, logKeyOf, type MachineFacts } from '../../src/cloud/machine/facts.js';
import { readMachineFiles } from '../../src/cloud/machine/read-machine-files.js';
import { type MachineReport, readReport } from '../../src/cloud/machine/report.pure.js';
import { machineUserData } from '../../src/cloud/machine/user-data.pure.js';
import type { SessionModel } from '../../src/cloud/session.js';
import { openRemoteTraining } from '../../src/compose-cloud.js';
import { defaultConfig } from '../../src/config/load.js';
import { type Compute, type Door, DUMP_TAG } from '../../src/ports/compute.js';
import { objectKey } from '../../src/ports/object-store.js';
import { type Registry, UNTOLD } from '../../src/ports/registry.js';
import type { Forward, Tunnel } from '../../src/ports/tunnels.js';
import { train } from '../../src/training/train.js';
import { type BootedMachine, bootMachine } from '../support/machine-boot.js';
import { MACHINE_FACTS } from '../support/machine-facts.js';
import { installMachineTools, machineRoot } from '../support/machine-root.js';
import { type MetadataService, startMetadataService } from '../support/metadata-service.js';
import { serveModels, tinyVariant } from '../support/model-server.js';
import { type NpmRegistry, startNpmRegistry } from '../support/npm-registry.js';
import { pairFiles } from '../support/pictures.js';
import { startThere, untilReady } from '../support/remote-commands.js';
import { openTestS3, s3Remote } from '../support/s3-remote.js';
import { type S3Server, startS3Server } from '../support/s3-server.js';
import { makeDirectory, writeFiles } from '../support/scratch.js';
import { freePort } from '../support/server-process.js';
import { makeTeam, PACKAGE_ROOT } from '../support/team.js';
import { trainOptions, trainTools } from '../support/train-tools.js';
import { commitTrainer } from '../support/trainer.js';
import { wantedSession } from '../support/wanted-session.js';

const KEYS = {
  accessKeyId: 'AKIAWMSTESTMACHINE01',
  secretAccessKey: 'wms/test+machine',
  sessionToken: 'role',
};

/** In this time the watchdog looks at least once. */
const LOOK_MS = 35_000;

let root: string;
let files: ReadonlyMap<string, string>;
let store: S3Server;
let metadata: MetadataService;
let npm: NpmRegistry;
let machine: BootedMachine | undefined;

beforeAll(async () => {
  await installMachineTools();
  root = await machineRoot();
  files = await readMachineFiles(PACKAGE_ROOT);
  store = await startS3Server({ buckets: [MACHINE_FACTS.store.bucket], keys: [KEYS] });
  metadata = await startMetadataService(KEYS);
  npm = await startNpmRegistry();
});
afterEach(async () => {
  await machine?.powerOff();
  // A machine saves its registry before it is off; the next test's must not find it.
  store.objects().clear();
});
afterAll(async () => {
  await store?.close();
  await metadata?.close();
  await npm?.close();
});

test('its scripts are clean', async () => {
  await execa('shellcheck', [join(PACKAGE_ROOT, 'templates/machine/bootstrap.sh')]);
});

test('its units and its user data are what systemd and cloud-init of that Debian expect', async () => {
  const given = makeDirectory();
  await writeFile(join(given, 'user-data'), machineUserData(MACHINE_FACTS, files));
  const units = [...files.keys()].filter((name) => name.startsWith('wms-'));
  for (const unit of units) await writeFile(join(given, unit), files.get(unit) ?? '');
  const inside = async (...command: string[]) => {
    const mode = ['--quiet', '--register=no', '--keep-unit', '--console=pipe', '--volatile=overlay'];
    const place = ['--directory', root, `--bind-ro=${given}:/given`];
    // What nspawn itself says is on its standard error.
    const both = ['sh', '-c', '"$@" 2>&1', 'sh', ...command];
    return (await execa('systemd-nspawn', [...mode, ...place, ...both], { stdin: 'ignore' })).stdout;
  };
  const verify = ['systemd-analyze', 'verify', '--man=no', '--recursive-errors=no'];
  expect(await inside(...verify, ...units.map((unit) => `/given/${unit}`))).toBe('');
  expect(await inside('cloud-init', 'schema', '--config-file', '/given/user-data')).toContain('Valid schema');
});

const minutesFromNow = (minutes: number) =>
  new Date(Date.now() + minutes * 60_000).toISOString().replace(/\.\d+Z$/, 'Z');

let sshPort: number;

async function boot(session: string, changes: Partial<MachineFacts>): Promise<MachineFacts> {
  const reportKey = `team/dvc/wms/cloud/${session}/report`;
  const ports = { mlflow: await freePort(), api: await freePort(), train: await freePort() };
  const facts = { ...MACHINE_FACTS, deadline: minutesFromNow(30), ...changes, sessionId: session };
  const told = { ...facts, reportKey, ports };
  sshPort = await freePort();
  const environment = {
    AWS_ENDPOINT_URL: store.url,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url,
    NPM_CONFIG_REGISTRY: npm.url,
  };
  // It shares this computer's network.
  const own = {
    '/etc/ssh/sshd_config.d/port.conf': `Port ${sshPort}\nListenAddress 127.0.0.1\n`,
    '/etc/systemd/system/wms-train.socket.d/port.conf': `[Socket]\nListenStream=\nListenStream=127.0.0.1:${ports.train}\n`,
  };
  machine = await bootMachine(root, machineUserData(told, files), environment, own);
  return told;
}

const textOf = (key: string) => store.objects().get(key)?.toString() ?? '';
const dumps = () => [...store.objects().keys()].filter((key) => key.endsWith('.dump')).sort();

async function reported(
  facts: MachineFacts,
  isIt: (report: MachineReport) => boolean,
): Promise<MachineReport> {
  const until = Date.now() + 420_000;
  for (;;) {
    const report = readReport(store.objects().get(facts.reportKey) ?? null, facts.sessionId);
    if (report !== null && isIt(report)) return report;
    if (machine?.isOff()) throw new Error(`The machine is off. ${await machine.off}`);
    const seen = `${textOf(facts.reportKey)}\n${textOf(logKeyOf(facts))}`;
    if (Date.now() > until) throw new Error(`The report did not come. ${seen}`);
    await sleep(500);
  }
}

async function mlflow<T>({ ports }: MachineFacts, path: string, body?: object): Promise<T> {
  const request = body && { method: 'POST', body: JSON.stringify(body) };
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`http://127.0.0.1:${ports.mlflow}/api/2.0/mlflow/${path}`, {
    headers,
    ...request,
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as T;
}

/** What the model API of `url` answers for one drawn photo. */
async function predicted(url: string) {
  const { image } = await drawMeter(3);
  const answer = await fetch(`${url}/predict`, { method: 'POST', body: image });
  expect(answer.status).toBe(200);
  const mask = Buffer.from(await answer.arrayBuffer());
  return { mask, version: answer.headers.get('x-model-version') };
}

async function predictedHere(): Promise<Buffer> {
  const server = await serveModels([tinyVariant('production')]);
  try {
    return (await predicted(server.url)).mask;
  } finally {
    await server.stop();
  }
}

/** The model of drawn meters, in the store. */
function storedModel(): SessionModel {
  const files = { 'model.onnx': tinyModel(), 'model.json': Buffer.from(tinyModelFacts()) };
  const stored = Object.entries(files).map(([name, bytes]) => {
    const md5 = createHash('md5').update(bytes).digest('hex');
    store.objects().set(`${MACHINE_FACTS.store.prefix}/${objectKey(md5)}`, bytes);
    return { name, key: objectKey(md5), md5 };
  });
  return { version: '7', files: stored };
}

function registryOn({ ports, modelName }: MachineFacts): Registry {
  const uri = `http://127.0.0.1:${ports.mlflow}`;
  const { tracking, registry } = defaultConfig();
  const config = {
    tracking: { ...tracking, uri },
    registry: { ...registry, kind: 'mlflow' as const, model: modelName },
  };
  const opened = openMlflow({ config, env: {} });
  if (opened === null) throw new Error('no server');
  return opened.registry;
}

/** What comes from MLflow, and from a port that nobody may go to, through a tunnel. */
async function throughTunnel(
  facts: MachineFacts,
  open: (forwards: readonly Forward[]) => Promise<Tunnel>,
): Promise<string[]> {
  const [local, other] = [await freePort(), await freePort()];
  const tunnel = await open([
    { local, remote: facts.ports.mlflow },
    { local: other, remote: sshPort },
  ]);
  try {
    const answers = [local, other].map((port) =>
      fetch(`http://127.0.0.1:${port}/health`).then(
        (answer) => answer.text(),
        () => 'nothing',
      ),
    );
    return await Promise.all(answers);
  } finally {
    await tunnel.close();
  }
}

/** The training of a team whose session this machine is, up to its model, which is scored here. */
async function trainsAsTheSettingsSay(facts: MachineFacts): Promise<void> {
  const { accessKeyId, secretAccessKey, sessionToken } = KEYS;
  const keys = {
    access_key_id: accessKeyId,
    secret_access_key: secretAccessKey,
    session_token: sessionToken,
  };
  const place = `s3://${facts.store.bucket}/${facts.store.prefix}`;
  const { notes } = openTestS3(s3Remote(store.url, { url: place, ...keys }));
  const fresh = { image: null, machine: 'i-1', attempt: 1, leases: [] };
  const { sessionId: id, deadline } = facts;
  const session = { version: 1, state: 'open', ...wantedSession(id), openedAt: deadline, deadline, ...fresh };
  await notes.write('cloud/session', Buffer.from(JSON.stringify(session)));
  const opened: string[] = [];
  const compute = {
    find: async () => [{ id: 'i-1', state: 'running', launchedAt: deadline, deadline, address: '127.0.0.1' }],
    openDoor: async (_: string, { fromPort }: Door) => void opened.push(`open ${fromPort}`),
    closeDoor: async (_: string, { fromPort }: Door) => void opened.push(`close ${fromPort}`),
  };
  const team = await makeTeam();
  await commitTrainer(team.clone);
  const data = makeDirectory();
  const files = await pairFiles(Array.from({ length: 12 }, (_, seed) => seed));
  const inData = Object.entries(files).map(([name, bytes]) => [name.replace('data/training/', ''), bytes]);
  await writeFiles(data, Object.fromEntries(inData));
  const tools = await trainTools(team, { env: { ...process.env, AWS_SECRET_ACCESS_KEY: 'canary' } });
  const never = new AbortController().signal;
  const { reporter, clock, timing, git, config } = tools;
  const real = tunnelsWith(process.env, () => Promise.reject(new Error('nobody asks')));
  const { commands, leave } = await openOnSession(
    {
      ...{ notes, reporter, clock, timing, stop: never },
      openCompute: async () => compute as unknown as Compute,
      openCommands: openRemoteTraining(git, config),
      tunnels: {
        ...real,
        publicAddress: async () => '127.0.0.1',
        // It shares the ports of this computer.
        openSsh: (target, forwards) => {
          const own = forwards.map(({ local }) => ({ local, remote: facts.ports.train }));
          return openSsh({ ...target, port: sshPort }, own, process.env);
        },
      },
    },
    'data/20261127-094500',
    null,
  );
  if (commands === null) throw new Error('it runs here');
  const trained = (words: string[]) =>
    train({ ...tools, commands }, { ...trainOptions(team, data), command: words }, never);
  try {
    const status = await trained(['./train.sh', 'good']);
    expect(status.result?.model).toBe(createHash('md5').update(tinyModel()).digest('hex'));
    const environment = await readFile(join(status.directory, 'environment.txt'), 'utf8');
    expect(environment).toMatch(/^USER=wms-train$/m);
    expect(environment).toContain(`WMS_OUTPUT_DIR=${status.directory}\n`);
    expect(environment).not.toContain('canary');
    expect(await readFile(join(status.directory, 'files.txt'), 'utf8')).toBe('24\n');
    expect(await readFile(join(status.directory, 'train.log'), 'utf8')).toContain('epoch 1/1');
    await expect(trained(['./train.sh', 'crash'])).rejects.toMatchObject({
      kind: 'train/command-failed',
      exitStatus: 3,
      why: expect.stringContaining('CUDA out of memory'),
    });
    await expect(trained(['python3', '-c', 'import torch'])).rejects.toThrow(
      'python3 -c import torch ended with 1',
    );
  } finally {
    await leave();
  }
  expect(opened).toEqual(['open 22', 'close 22']);
}

/** The machine's processes are this computer's, too. */
async function nothingRuns(words: RegExp): Promise<void> {
  for (const until = Date.now() + 60_000; ; await sleep(200)) {
    const { stdout } = await execa('ps', ['-eo', 'args']);
    const left = stdout.split('\n').filter((line) => words.test(line));
    if (left.length === 0) return;
    if (Date.now() > until) throw new Error(left.join('\n'));
  }
}

/** People come in as `wms cloud connect` does, with what the machine tells of itself. */
async function comesInBySshAndTls(facts: MachineFacts): Promise<void> {
  const key = await makeKey();
  const ask = (doors: object[]) => {
    const until = minutesFromNow(10);
    const asked = doors.map((door) => ({ until, address: '127.0.0.1', port: 22, ...door }));
    const note = { version: 1, doors: asked, change: String(Math.random()) };
    store.objects().set(doorsKeyOf(facts), Buffer.from(JSON.stringify(note)));
  };
  ask([
    { id: 'ssh', key: key.publicKey },
    { id: 'tls', token: 'secret' },
  ]);
  const { hostKey = '', certificate = '' } = await reported(facts, ({ doors }) => doors?.length === 2);
  const ssh = { address: '127.0.0.1', port: sshPort, user: 'wms-tunnel', keyFile: key.file };
  const tls = { address: '127.0.0.1', port: DOOR_PORT, certificate };
  const bySsh = (host: string) => (forwards: readonly Forward[]) =>
    openSsh({ ...ssh, hostKey: host }, forwards, process.env);
  const byTls = (token: string) => (forwards: readonly Forward[]) => openTls({ ...tls, token }, forwards);
  expect(await throughTunnel(facts, bySsh(hostKey))).toEqual(['OK', 'nothing']);
  expect(await throughTunnel(facts, byTls('secret'))).toEqual(['OK', 'nothing']);
  expect(await throughTunnel(facts, byTls('guess'))).toEqual(['nothing', 'nothing']);
  const { publicKey: another } = await makeKey();
  await expect(throughTunnel(facts, bySsh(another))).rejects.toThrow('cannot be reached by SSH');
  ask([]);
  await reported(facts, ({ doors }) => doors?.length === 0);
  await expect(throughTunnel(facts, bySsh(hostKey))).rejects.toThrow('cannot be reached by SSH');
  await expect(throughTunnel(facts, byTls('secret'))).rejects.toThrow('cannot be reached by TLS');
}

describe('a machine in Debian', () => {
  test('runs training commands that come by SSH, as a user that may do little', async () => {
    const facts = await boot('20261127-094500-dddd', {});
    const key = await makeKey();
    const door = { id: 'ssh', until: minutesFromNow(10), address: '127.0.0.1', port: 22, key: key.publicKey };
    const note = { version: 1, doors: [door], change: '' };
    store.objects().set(doorsKeyOf(facts), Buffer.from(JSON.stringify(note)));
    const { hostKey = '', trainTicket: ticket = '' } = await reported(
      facts,
      ({ doors }) => doors?.length === 1,
    );
    const place = { address: '127.0.0.1', port: sshPort, user: 'wms-tunnel', keyFile: key.file, hostKey };
    const port = await freePort();
    const open = () => openSsh(place, [{ local: port, remote: facts.ports.train }], process.env);
    const tunnel = await open();
    const trainer = await startThere(
      { port, ticket },
      `python3 -m venv "$HOME/venv" && "$HOME/venv/bin/pip" --version
id -un; pwd; cat /etc/shadow /var/lib/wms/train-ticket; echo there >"$WMS_OUTPUT_DIR/model.onnx"; exit 3`,
    );
    expect(await trainer.ended, trainer.text()).toEqual({ exitCode: 3, signal: null });
    expect(trainer.text()).toMatch(/^pip \d/);
    expect(trainer.text()).toContain(`\nwms-train\n${trainer.tree}\n`);
    expect(trainer.text()).toMatch(/shadow: Permission denied[\s\S]*train-ticket: Permission denied/);
    expect(await readFile(join(trainer.directory, 'model.onnx'), 'utf8')).toBe('there\n');

    const forever =
      'trap "" TERM; setsid sleep 4711 & echo $$ $! ready; echo half >$WMS_OUTPUT_DIR/model.onnx; sleep 4712';
    const stopped = await startThere({ port, ticket }, forever, { grace: 500 });
    await untilReady(stopped);
    stopped.stop('SIGTERM');
    expect((await stopped.ended).signal).toBe('SIGKILL');
    await nothingRuns(/sleep 471[12]/);

    const lost = await startThere({ port, ticket }, forever);
    await untilReady(lost);
    await tunnel.close();
    await expect(lost.ended).rejects.toMatchObject({ kind: 'train/connection-lost', code: 5 });
    expect(await readdir(lost.directory)).toEqual(['data', 'split.json']);
    await nothingRuns(/sleep 471[12]/);

    const again = await open();
    const guess = await startThere({ port, ticket: 'a guess' }, 'echo started');
    await expect(guess.ended).rejects.toMatchObject({ kind: 'train/connection-lost' });
    expect(guess.text()).toBe('');
    const alone = await startThere(
      { port, ticket },
      'until [ "$(ls /var/lib/wms-runs)" ] && [ "$(ls /var/lib/wms-runs | wc -l)" = 1 ]; do sleep 1; done',
    );
    expect(await alone.ended, 'what others left goes with their units').toEqual({
      exitCode: 0,
      signal: null,
    });
    await again.close();
    await reported(facts, ({ stage }) => stage === 'ready');
    store
      .objects()
      .set(doorsKeyOf(facts), Buffer.from(JSON.stringify({ ...note, doors: [], change: 'again' })));
    await trainsAsTheSettingsSay(facts);
  });

  test('answers, saves its registry when asked and before it is off; the next one has it', async () => {
    const first = await boot('20261127-100000-aaaa', { model: storedModel() });
    const ready = await reported(first, ({ stage }) => stage === 'ready');
    expect(ready.told).toEqual({});
    expect(ready.isServing).toBe(true);
    const here = await predictedHere();
    const there = await predicted(`http://127.0.0.1:${first.ports.api}`);
    expect(there.mask.equals(here), 'the same mask as of wms serve here').toBe(true);
    const { run } = await mlflow<{ run: { info: { run_id: string } } }>(first, 'runs/create', {
      experiment_id: '0',
      run_name: 'kept',
    });
    await comesInBySshAndTls(first);
    const registry = registryOn(first);
    const files = { model: tinyModel(), facts: tinyModelFacts() };
    const { version } = await registry.register(files, UNTOLD);
    const promotion = {
      version,
      expected: null,
      who: 'ana',
      reason: 'first',
      files: new Map<string, string>(),
    };
    await registry.promote({ ...promotion, at: new Date().toISOString() });
    const asked = minutesFromNow(0);
    metadata.tags.set(DUMP_TAG, asked);
    const { dump } = await reported(first, (report) => (report.dump?.at ?? '') >= asked);
    expect(dump?.failure).toBeUndefined();
    const bytes = store.objects().get(dump?.key ?? '') ?? Buffer.alloc(0);
    expect(textOf(`${dump?.key}.sha256`)).toContain(createHash('sha256').update(bytes).digest('hex'));
    const before = dumps().length;
    await machine?.powerOff();
    expect(dumps()).toHaveLength(before + 1);
    expect(textOf(logKeyOf(first))).toContain('no dump in the store');

    metadata.tags.clear();
    const second = await boot('20261127-110000-bbbb', { registry: 'mlflow' });
    const again = await reported(second, ({ stage }) => stage === 'ready');
    expect(again.told).toEqual({});
    const served = await predicted(`http://127.0.0.1:${second.ports.api}`);
    expect(served.version).toBe(version);
    expect(served.mask.equals(here)).toBe(true);
    const kept = await mlflow<{ run: { info: { run_name: string } } }>(
      second,
      `runs/get?run_id=${run.info.run_id}`,
    );
    expect(kept.run.info.run_name).toBe('kept');
  });

  test('ends itself at its deadline, with its registry saved', async () => {
    const facts = await boot('20261127-113000-eeee', { deadline: minutesFromNow(2) });
    await reported(facts, ({ stage }) => stage === 'mlflow-ready');
    await machine?.off;
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(facts.deadline));
    expect(textOf(logKeyOf(facts))).toContain('powering off: the deadline was');
    expect(dumps().some((key) => key.includes(facts.sessionId))).toBe(true);
  });

  test('a restore that failed makes no dump; a lease or a request keeps the machine, then it goes', async () => {
    const lease = {
      id: 'a',
      who: 'ana',
      what: 'training',
      since: minutesFromNow(0),
      until: minutesFromNow(20),
    };
    const note = (leases: object[]) => Buffer.from(JSON.stringify({ version: 1, leases }));
    const before = `${MACHINE_FACTS.dumpPrefix}/20991231T000000Z-broken.dump`;
    store
      .objects()
      .set(before, Buffer.from('PGDMP, or so'))
      .set(`${before}.sha256`, Buffer.from(`${'0'.repeat(64)}  x\n`));
    store.objects().set(MACHINE_FACTS.sessionKey, note([lease]));
    const known = dumps();
    const facts = await boot('20261127-120000-cccc', { idleMinutes: 0.2 });
    const { failure } = await reported(facts, ({ stage }) => stage === 'failed');
    expect(failure).toContain('is damaged');
    await sleep(LOOK_MS);
    expect(machine?.isOff()).toBe(false);

    const api = createServer((_, response) => response.end()).listen(facts.ports.api, '127.0.0.1');
    await fetch(`http://127.0.0.1:${facts.ports.api}/`, { headers: { connection: 'close' } });
    api.close();
    store.objects().set(MACHINE_FACTS.sessionKey, note([]));
    await sleep(LOOK_MS);
    expect(machine?.isOff(), 'one request, answered long before the watchdog looks, is use').toBe(false);
    await machine?.off;
    expect(Date.now()).toBeLessThan(Date.parse(facts.deadline));
    expect(dumps()).toEqual(known);
  });
});
