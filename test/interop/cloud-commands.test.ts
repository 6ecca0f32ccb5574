import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { EC2 } from '@aws-sdk/client-ec2';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnv } from '../../scripts/demo/clean-env.js';
import { reportNote } from '../../src/cloud/machine/notes.js';
import { readSession } from '../../src/cloud/session.js';
import type { StoreNotes } from '../../src/ports/store-notes.js';
import { startMotoServer } from '../support/moto.js';
import { openTestS3, s3Remote } from '../support/s3-remote.js';
import { TEST_KEYS } from '../support/s3-server.js';
import { commitFiles, git, makeRemote, makeRepository } from '../support/scratch.js';
import { PACKAGE_ROOT } from '../support/team.js';

const BUCKET = 'cloud-team';
const KEYS = {
  AWS_ACCESS_KEY_ID: TEST_KEYS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: TEST_KEYS.secretAccessKey,
};

let server: Awaited<ReturnType<typeof startMotoServer>>;
let amazon: EC2;
let notes: StoreNotes;
let repository: string;

beforeAll(async () => {
  server = await startMotoServer();
  const options = {
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { ...TEST_KEYS, sessionToken: '' },
  };
  amazon = new EC2(options);
  const s3 = new S3Client({ ...options, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  s3.destroy();
  repository = await makeRepository({ keep: true });
  await git(repository, 'remote', 'add', 'origin', await makeRemote({ keep: true }));
  await commitFiles(repository, {
    '.dvc/config': `[core]\n    remote = storage\n['remote "storage"']\n    url = s3://${BUCKET}/team\n    endpointurl = ${server.url}\n    region = us-east-1\n`,
    'wms.config.json': '{ "cloud": { "budgetUsd": 10 } }\n',
  });
  await git(repository, 'push', '-q', 'origin', 'HEAD:main');
  notes = openTestS3(s3Remote(server.url, { url: `s3://${BUCKET}/team` })).notes;
});
afterAll(async () => {
  amazon?.destroy();
  await server?.stop();
});

function start(command: string, ...args: string[]) {
  const env = { ...cleanEnv(), ...KEYS, AWS_ENDPOINT_URL: server.url, CI: '1' };
  return execa(process.execPath, [join(PACKAGE_ROOT, 'bin', `${command}.js`), ...args], {
    cwd: repository,
    env,
    extendEnv: false,
    reject: false,
    timeout: 120_000,
  });
}

/** moto runs no machines: this says what one would say, as soon as there is one, and fulfils wishes for dumps. */
async function beingTheMachine<T>(work: Promise<T>): Promise<T> {
  let isOver = false;
  const done = work.finally(() => {
    isOver = true;
  });
  const machine = (async () => {
    while (!isOver) {
      const session = await readSession(notes);
      if (session?.machine) {
        const at = new Date().toISOString();
        const dump = { at, key: `team/wms/cloud/registry/${session.id}.dump` };
        const report = { session: session.id, stage: 'ready', at, dump };
        await notes.write(reportNote(session), Buffer.from(JSON.stringify(report)));
      }
      await wait(300);
    }
  })();
  const [result] = await Promise.all([done, machine]);
  return result;
}

async function running(): Promise<string[]> {
  const { Reservations = [] } = await amazon.describeInstances({});
  return Reservations.flatMap(({ Instances = [] }) => Instances)
    .filter(({ State }) => State?.Name === 'running' || State?.Name === 'pending')
    .map(({ InstanceId }) => InstanceId ?? '');
}

/** Of this team: every network has a group of its own. */
async function left(): Promise<{ machines: number; disks: number; groups: number }> {
  const { SecurityGroups = [] } = await amazon.describeSecurityGroups({});
  const { Volumes = [] } = await amazon.describeVolumes({});
  const groups = SecurityGroups.filter(({ GroupName }) => GroupName !== 'default').length;
  return { machines: (await running()).length, disks: Volumes.length, groups };
}
const NOTHING = { machines: 0, disks: 0, groups: 0 };

test('deploy, deploy again, lease, status, stop: one machine, told as it is, and nothing left', async () => {
  const first = await beingTheMachine(start('wms-deploy', '--yes', '--json', '--hours', '2'));
  expect(first.exitCode, first.stderr).toBe(0);
  for (const part of ['$0.0832 per hour', 'List price as of', 'Model API', 'npx wms-stop'])
    expect(first.stderr).toContain(part);
  const session = JSON.parse(first.stdout);
  expect(await running()).toEqual([session.machine.id]);

  const again = await beingTheMachine(start('wms-deploy', '--yes', '--json'));
  expect(JSON.parse(again.stdout)).toMatchObject({ session: session.session, deadline: session.deadline });

  const stopped = await start('wms', 'cloud', 'lease', '--', process.execPath, '-e', LEASED);
  expect([stopped.exitCode, stopped.stdout], stopped.stderr).toEqual([12, expect.stringContaining('in use')]);

  const status = JSON.parse((await start('wms', 'cloud', 'status', '--json')).stdout);
  expect(status).toMatchObject([
    { session: { session: session.session, leases: [] }, orphans: [], budgetUsd: 10 },
  ]);

  const end = await beingTheMachine(start('wms-stop', '--yes', '--json'));
  expect(end.exitCode, end.stderr).toBe(0);
  expect(JSON.parse(end.stdout)).toMatchObject([{ session: session.session, left: [] }]);
  expect(end.stderr).toContain(`${session.session}.dump`);
  expect(await left()).toEqual(NOTHING);
  expect((await start('wms-stop', '--yes')).stderr).toContain('nothing of an earlier one is left');
});

/** A stop while the lease is held, told on standard output. */
const LEASED = `
  const { spawnSync } = require('node:child_process');
  const { status, stderr } = spawnSync(process.execPath, ['${join(PACKAGE_ROOT, 'bin/wms-stop.js')}', '--yes']);
  process.stdout.write(stderr);
  process.exit(status);
`;

test('killed with SIGKILL at any moment of deploy and of stop: a second wms-stop leaves nothing', async () => {
  for (let at = 0; at < 6; at += 1) {
    const opening = start('wms-deploy', '--yes');
    setTimeout(() => opening.kill('SIGKILL'), 700 + at * 450);
    await beingTheMachine(opening.then(() => undefined));
    expect((await running()).length).toBeLessThanOrEqual(1);
    if (at % 2 === 0) {
      const closing = start('wms-stop', '--yes', '--discard');
      setTimeout(() => closing.kill('SIGKILL'), 700 + at * 350);
      await closing;
    }
    const end = await start('wms-stop', '--yes', '--discard');
    expect(end.exitCode, end.stderr).toBe(0);
    expect([at, await left()]).toEqual([at, NOTHING]);
  }
});
