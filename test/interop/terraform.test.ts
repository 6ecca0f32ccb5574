import { randomBytes } from 'node:crypto';
import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { EC2, type Tag } from '@aws-sdk/client-ec2';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BILLED_KINDS, type Compute, type MachineOrder } from '../../src/ports/compute.js';
import { computeSuite } from '../contract/compute.suite.js';
import { DEBIAN_IMAGE, startMotoServer } from '../support/moto.js';
import { TEST_KEYS } from '../support/s3-server.js';
import { PACKAGE_ROOT } from '../support/team.js';
import { providerMirror, terraformEnv, terraformProgram, testTerraform } from '../support/terraform.js';
import { readyStack, scriptedStack } from '../support/terraform-stack.js';

let server: Awaited<ReturnType<typeof startMotoServer>>;
let amazon: EC2;
let program: string;
beforeAll(async () => {
  [server, program] = await Promise.all([startMotoServer(), terraformProgram()]);
  const credentials = { ...TEST_KEYS, sessionToken: '' };
  amazon = new EC2({ endpoint: server.url, region: 'us-east-1', credentials });
});
afterAll(async () => {
  amazon?.destroy();
  await server?.stop();
});

const open = (
  topLevel: string,
  own: { bucket?: string; pause?: number; outputs?: { mlflow: string } } = {},
) =>
  testTerraform(server.url, topLevel, {
    ...(own.bucket === undefined ? {} : { bucket: own.bucket }),
    env: { ...terraformEnv(server.url), TEST_PAUSE: String(own.pause ?? 0) },
    settings: { directory: 'stack', program, outputs: own.outputs ?? {}, variables: {} },
  });

computeSuite(
  'Terraform, a stack of a script',
  async () => ({
    compute: await open(await scriptedStack()),
    other: await open(await scriptedStack()),
    stranger: await open(await scriptedStack(), { bucket: 'another-team' }),
    powerOff: async (machine) => {
      await amazon.terminateInstances({ InstanceIds: [machine] });
    },
  }),
  { tokens: true, images: true, groups: true, endings: true },
);

const orderOf = (): MachineOrder => ({
  session: `20261127-101500-${randomBytes(4).toString('hex')}`,
  attempt: 1,
  zone: 'us-east-1b',
  size: 't3.large',
  image: DEBIAN_IMAGE,
  diskGb: 42,
  instanceProfile: 'LabInstanceProfile',
  deadline: '2026-11-27T14:15:00.000Z',
  openedBy: 'Ana Test <ana@example.com>',
  userData: '#!/bin/sh\necho "größe"\n',
});

/** Everything of the session that EC2 still has, whatever the engine says. */
async function leftOf(session: string): Promise<string[]> {
  const Filters = [{ Name: 'tag:wms:session', Values: [session] }];
  const alive = [...Filters, { Name: 'instance-state-name', Values: ['pending', 'running', 'stopped'] }];
  const { Reservations = [] } = await amazon.describeInstances({ Filters: alive });
  const { Volumes = [] } = await amazon.describeVolumes({ Filters });
  const { SecurityGroups = [] } = await amazon.describeSecurityGroups({ Filters });
  return [
    ...Reservations.flatMap(({ Instances = [] }) => Instances).map(
      ({ InstanceId }) => `machine ${InstanceId}`,
    ),
    ...Volumes.map(({ VolumeId }) => `disk ${VolumeId}`),
    ...SecurityGroups.map(({ GroupId }) => `group ${GroupId}`),
  ];
}

/** As `wms-stop` does it, once. */
async function sweep(compute: Compute, session: string): Promise<(string | null)[]> {
  const things = (await compute.billed()).filter((thing) => thing.session === session);
  const answers: (string | null)[] = [];
  for (const kind of BILLED_KINDS) {
    for (const thing of things.filter((each) => each.kind === kind))
      answers.push(await compute.remove(thing));
  }
  return answers;
}

/** Processes that work in this directory. */
async function processesIn(directory: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const places = await Promise.all(
    pids.map(async (pid) => [Number(pid), await readlink(`/proc/${pid}/cwd`).catch(() => '')] as const),
  );
  return places.filter(([, place]) => place === directory).map(([pid]) => pid);
}

const stacks: [string, () => Promise<string>][] = [['a stack of a script', scriptedStack]];
if (providerMirror() !== undefined) stacks.push(['the ready module', readyStack]);

describe.each(stacks)('%s', (_, makeStack) => {
  it('is planned, applied once, found, and destroyed', async () => {
    const compute = await open(await makeStack());
    const order = orderOf();
    const text = (await compute.plan?.(order)) ?? '';
    expect(text).toMatch(/Plan: \d+ to add, 0 to change, 0 to destroy/);
    expect(await leftOf(order.session)).toEqual([]);
    const { id } = await compute.create(order);
    expect((await compute.create(order)).id).toBe(id);
    expect(await compute.find(order.session)).toMatchObject([{ id, deadline: order.deadline }]);
    expect(await sweep(compute, order.session)).not.toContainEqual(expect.any(String));
    await sweep(compute, order.session);
    expect(await leftOf(order.session)).toEqual([]);
    expect(await compute.billed()).toEqual([]);
  });

  it('killed during apply has a machine that the state does not know; it is found and removed', async () => {
    const topLevel = await makeStack();
    const compute = await open(topLevel, { pause: 60_000 });
    const order = orderOf();
    const creating = compute.create(order).catch((error: unknown) => error);
    await expect
      .poll(async () => (await compute.find(order.session)).length, { timeout: 300_000, interval: 200 })
      .toBe(1);
    for (const pid of await processesIn(join(topLevel, 'stack'))) process.kill(pid, 'SIGKILL');
    expect(await creating).toMatchObject({ kind: 'cloud/terraform-interrupted', code: 5 });
    const mate = await open(await makeStack());
    const [machine] = await mate.find(order.session);
    expect(machine).toMatchObject({ deadline: order.deadline });
    expect((await mate.create(order)).id).toBe(machine?.id);
    expect((await compute.create(order)).id).toBe(machine?.id);
    await sweep(mate, order.session);
    await sweep(compute, order.session);
    await sweep(compute, order.session);
    expect(await leftOf(order.session)).toEqual([]);
    expect((await compute.billed()).filter(({ session }) => session === order.session)).toEqual([]);
  });
});

it('outputs of the stack are the addresses of the machine', async () => {
  const compute = await open(await scriptedStack(), { outputs: { mlflow: 'ui' } });
  const order = orderOf();
  const { urls } = await compute.create(order);
  expect(urls?.mlflow).toMatch(/^http:\/\/127\.0\.0\.1:5000\/[\w-]+$/);
  expect(await compute.find(order.session)).toMatchObject([{ urls }]);
  await sweep(compute, order.session);
});

it('a state that is locked by somebody else is told with who', async () => {
  const topLevel = await scriptedStack();
  const compute = await open(topLevel, { pause: 60_000 });
  const order = orderOf();
  const creating = compute.create(order).catch((error: unknown) => error);
  await expect
    .poll(async () => (await compute.find(order.session)).length, { timeout: 60_000, interval: 200 })
    .toBe(1);
  const mate = await open(topLevel);
  await expect(mate.plan?.(order)).rejects.toMatchObject({
    kind: 'cloud/terraform-locked',
    code: 6,
    why: expect.stringMatching(/@.* · apply · since \d{4}/),
    next: expect.stringMatching(/force-unlock [\w-]+$/),
  });
  for (const pid of await processesIn(join(topLevel, 'stack'))) process.kill(pid, 'SIGKILL');
  await creating;
  await sweep(compute, order.session);
});

describe('the ready module', () => {
  const directory = join(PACKAGE_ROOT, 'templates/terraform');

  it('is formatted', async () => {
    const { stdout } = await execa(program, ['fmt', '-check', '-diff', directory], {
      env: terraformEnv(server.url),
    });
    expect(stdout).toBe('');
  });

  it.runIf(providerMirror())('makes what the engine ec2 makes', async () => {
    const topLevel = await readyStack();
    const compute = await open(topLevel);
    const order = orderOf();
    const { id } = await compute.create(order);
    await execa(program, ['validate'], { cwd: join(topLevel, 'stack'), env: terraformEnv(server.url) });
    const { Reservations } = await amazon.describeInstances({ InstanceIds: [id] });
    const machine = Reservations?.[0]?.Instances?.[0];
    expect(machine).toMatchObject({
      ImageId: DEBIAN_IMAGE,
      InstanceType: 't3.large',
      Placement: { AvailabilityZone: 'us-east-1b' },
      MetadataOptions: { HttpTokens: 'required', InstanceMetadataTags: 'enabled' },
      IamInstanceProfile: { Arn: expect.stringContaining('LabInstanceProfile') },
    });
    const tags = {
      Name: `wms ${order.session}`,
      'wms:team': 's3://wms-test/team/dvc',
      'wms:session': order.session,
      'wms:attempt': '1',
      'wms:deadline': order.deadline,
      'wms:opened-by': 'Ana Test ana@example.com',
    };
    const asObject = (list: Tag[] = []) => Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
    expect(asObject(machine?.Tags)).toEqual(tags);
    const attribute = (Attribute: 'instanceInitiatedShutdownBehavior' | 'userData') =>
      amazon.describeInstanceAttribute({ InstanceId: id, Attribute });
    const behaviour = await attribute('instanceInitiatedShutdownBehavior');
    expect(behaviour.InstanceInitiatedShutdownBehavior?.Value).toBe('terminate');
    const userData = (await attribute('userData')).UserData?.Value ?? '';
    expect(Buffer.from(userData, 'base64').toString()).toBe(order.userData);
    const Filters = [{ Name: 'attachment.instance-id', Values: [id] }];
    const { Volumes } = await amazon.describeVolumes({ Filters });
    expect(Volumes).toMatchObject([{ Size: 42, VolumeType: 'gp3', Encrypted: true }]);
    expect(asObject(Volumes?.[0]?.Tags)).toEqual(tags);
    const GroupNames = [`wms-${order.session}`];
    const rules = async () => (await amazon.describeSecurityGroups({ GroupNames })).SecurityGroups?.[0];
    expect(await rules()).toMatchObject({ IpPermissions: [], IpPermissionsEgress: [{ IpProtocol: '-1' }] });
    const { NetworkInterfaces } = await amazon.describeNetworkInterfaces({ Filters });
    expect(NetworkInterfaces?.[0]?.Groups).toMatchObject([{ GroupName: GroupNames[0] }]);
    const door = { address: '203.0.113.7', fromPort: 5000, toPort: 5001 };
    await compute.openDoor(order.session, door);
    expect((await rules())?.IpPermissions).toMatchObject([{ IpRanges: [{ CidrIp: '203.0.113.7/32' }] }]);
    await sweep(compute, order.session);
    expect(await leftOf(order.session)).toEqual([]);
  });
});
