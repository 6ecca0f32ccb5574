import { randomBytes } from 'node:crypto';
import { EC2 } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closeSession } from '../../src/cloud/close-session.js';
import { extendSession } from '../../src/cloud/extend-session.js';
import { openMachine } from '../../src/cloud/open-machine.js';
import type { CloudTools } from '../../src/cloud/tools.js';
import { openRepository } from '../../src/compose.js';
import { openCompute } from '../../src/compose-cloud.js';
import type { Compute, MachineOrder } from '../../src/ports/compute.js';
import { computeSuite } from '../contract/compute.suite.js';
import { testEc2 } from '../support/ec2.js';
import { FakeTiming } from '../support/fake-timing.js';
import { MemoryNotes } from '../support/memory-notes.js';
import { DEBIAN_IMAGE, startMotoServer } from '../support/moto.js';
import { noPrompter } from '../support/no-prompter.js';
import { TEST_KEYS } from '../support/s3-server.js';
import { makeRepository, writeFiles } from '../support/scratch.js';
import { closeGently } from '../support/wanted-session.js';

let server: Awaited<ReturnType<typeof startMotoServer>>;
let amazon: EC2;
beforeAll(async () => {
  server = await startMotoServer();
  amazon = new EC2({
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { ...TEST_KEYS, sessionToken: '' },
  });
});
afterAll(async () => {
  amazon?.destroy();
  await server?.stop();
});

computeSuite(
  'EC2 of moto',
  async () => ({
    compute: await testEc2(server.url),
    other: await testEc2(server.url),
    stranger: await testEc2(server.url, { bucket: 'another-team' }),
    powerOff: async (machine) => {
      await amazon.terminateInstances({ InstanceIds: [machine] });
    },
  }),
  { tokens: true, images: true, groups: true, endings: true },
);

describe('a machine of EC2', () => {
  let session: string;
  let compute: Compute;
  let order: MachineOrder;
  beforeEach(async () => {
    compute = await testEc2(server.url);
    session = `20261127-101500-${randomBytes(4).toString('hex')}`;
    order = {
      session,
      attempt: 1,
      zone: 'us-east-1b',
      size: 't3.large',
      image: await compute.newestImage(),
      diskGb: 42,
      instanceProfile: 'LabInstanceProfile',
      deadline: '2026-11-27T14:15:00.000Z',
      openedBy: 'Ana Test <ana@example.com>',
      userData: '#!/bin/sh\necho "größe"\n',
    };
    return async () => {
      for (const thing of await compute.billed()) await compute.remove(thing);
    };
  });

  it('starts from Debian’s own newest image, whatever others name theirs', () => {
    expect(order.image).toBe(DEBIAN_IMAGE);
  });

  it('ends itself, hides its secrets and lets nobody in, from its first moment on', async () => {
    const { id } = await compute.create(order);
    const { Reservations } = await amazon.describeInstances({ InstanceIds: [id] });
    const machine = Reservations?.[0]?.Instances?.[0];
    expect(machine).toMatchObject({
      InstanceType: 't3.large',
      Placement: { AvailabilityZone: 'us-east-1b' },
      MetadataOptions: { HttpTokens: 'required', InstanceMetadataTags: 'enabled' },
      IamInstanceProfile: { Arn: expect.stringContaining('LabInstanceProfile') },
    });
    expect(Object.fromEntries(machine?.Tags?.map(({ Key, Value }) => [Key, Value]) ?? [])).toEqual({
      Name: `wms ${session}`,
      'wms:team': 's3://wms-test/team/dvc',
      'wms:session': session,
      'wms:attempt': '1',
      'wms:deadline': '2026-11-27T14:15:00.000Z',
      'wms:opened-by': 'Ana Test ana@example.com',
    });
    const attribute = async (Attribute: 'instanceInitiatedShutdownBehavior' | 'userData') =>
      amazon.describeInstanceAttribute({ InstanceId: id, Attribute });
    const behaviour = await attribute('instanceInitiatedShutdownBehavior');
    expect(behaviour.InstanceInitiatedShutdownBehavior?.Value).toBe('terminate');
    const userData = (await attribute('userData')).UserData?.Value ?? '';
    expect(Buffer.from(userData, 'base64').toString()).toBe(order.userData);
    const Filters = [{ Name: 'attachment.instance-id', Values: [id] }];
    expect((await amazon.describeVolumes({ Filters })).Volumes).toMatchObject([
      { Size: 42, VolumeType: 'gp3', Encrypted: true },
    ]);
    const { NetworkInterfaces } = await amazon.describeNetworkInterfaces({ Filters });
    const groups = NetworkInterfaces?.[0]?.Groups ?? [];
    expect(groups).toMatchObject([{ GroupName: `wms-${session}` }]);
    const GroupIds = groups.flatMap(({ GroupId }) => GroupId ?? []);
    const { SecurityGroups } = await amazon.describeSecurityGroups({ GroupIds });
    expect(SecurityGroups).toMatchObject([{ IpPermissions: [] }]);
  });

  it('opens for one address, and closes again', async () => {
    await compute.create(order);
    const rules = async () => {
      const Filters = [{ Name: 'group-name', Values: [`wms-${session}`] }];
      return (await amazon.describeSecurityGroups({ Filters })).SecurityGroups?.[0]?.IpPermissions;
    };
    const door = { address: '203.0.113.7', fromPort: 5000, toPort: 5001 };
    await compute.openDoor(session, door);
    expect(await rules()).toMatchObject([
      { IpProtocol: 'tcp', FromPort: 5000, ToPort: 5001, IpRanges: [{ CidrIp: '203.0.113.7/32' }] },
    ]);
    await compute.closeDoor(session, door);
    expect(await rules()).toEqual([]);
  });

  it('counts those of both regions that AWS Academy allows', async () => {
    const west = await testEc2(server.url, { region: 'us-west-2' });
    const { running } = await compute.load();
    const [zone = ''] = await west.zones('t3.large');
    await west.create({ ...order, zone });
    try {
      expect(await compute.load()).toEqual({ running: running + 1, limit: 9 });
      expect(await compute.find(session)).toEqual([]);
    } finally {
      for (const thing of await west.billed()) await west.remove(thing);
    }
  });

  it('names a profile that the account does not have', async () => {
    await expect(compute.create({ ...order, instanceProfile: 'Nobody' })).rejects.toMatchObject({
      kind: 'cloud/no-profile',
      code: 2,
    });
  });
});

describe('a session on EC2', () => {
  const wanted = (id: string) => ({
    id,
    openedBy: 'ana',
    engine: 'ec2' as const,
    deadline: new Date(Date.now() + 4 * 3_600_000).toISOString(),
    region: 'us-east-1',
    size: 't3.large',
    diskGb: 30,
    instanceProfile: 'LabInstanceProfile',
    model: null,
    idleMinutes: 30,
  });
  const ec2In = (region: string) => ({ engine: 'ec2' as const, region });
  const team = () => {
    const notes = new MemoryNotes();
    const member = (): CloudTools => ({
      notes,
      openCompute: ({ region }) => testEc2(server.url, { region, bucket: 'session-team' }),
      place: ec2In('us-east-1'),
      userData: ({ id }) => `#!/bin/sh\n# ${id}\n`,
      timing: new FakeTiming(),
      clock: { now: () => new Date() },
    });
    return { ana: member(), ben: member() };
  };

  it('is opened, joined, extended and closed; nothing is left', async () => {
    const { ana, ben } = team();
    const { machine, session } = await openMachine(ana, wanted('one'));
    expect(session).toMatchObject({ machine: machine.id, image: DEBIAN_IMAGE });
    expect((await openMachine(ben, wanted('two'))).machine.id).toBe(machine.id);
    const later = new Date(Date.parse(session.deadline) + 3_600_000);
    await extendSession(ben, later);
    const compute = await ana.openCompute(ec2In('us-east-1'));
    expect(await compute.find('one')).toMatchObject([{ deadline: later.toISOString() }]);
    expect(await closeSession(ben, closeGently)).toMatchObject({ session: { state: 'closed' }, left: [] });
    expect(await compute.billed()).toEqual([]);
  });

  it('is closed where it is, whatever region the settings name by then', async () => {
    const { ana, ben } = team();
    await openMachine(ana, { ...wanted('west'), region: 'us-west-2' });
    expect((await closeSession(ben, closeGently)).left).toEqual([]);
    expect(await (await ben.openCompute(ec2In('us-west-2'))).billed()).toEqual([]);
  });

  it('whose machine has ended is told so, and not opened a second time', async () => {
    const { ana, ben } = team();
    const { machine } = await openMachine(ana, wanted('ended'));
    await amazon.terminateInstances({ InstanceIds: [machine.id] });
    await expect(openMachine(ben, wanted('another'))).rejects.toMatchObject({ kind: 'cloud/ended', code: 6 });
    expect((await closeSession(ben, closeGently)).left).toEqual([]);
  });

  it('is not opened where the account runs 8 of its 9 machines', async () => {
    const { ana } = team();
    const count = 8 - (await (await ana.openCompute(ec2In('us-east-1'))).load()).running;
    const made = await amazon.runInstances({ ImageId: DEBIAN_IMAGE, MinCount: count, MaxCount: count });
    try {
      await expect(openMachine(ana, wanted('full'))).rejects.toMatchObject({
        kind: 'cloud/account-full',
        code: 5,
        message: 'The account already runs 8 of at most 9 machines.',
      });
      expect(await (await ana.openCompute(ec2In('us-east-1'))).billed()).toEqual([]);
    } finally {
      const InstanceIds = made.Instances?.flatMap(({ InstanceId }) => InstanceId ?? []);
      await amazon.terminateInstances({ InstanceIds });
    }
  });
});

describe('the store of a repository', () => {
  const openIn = async (url: string, keys: string) => {
    const directory = await makeRepository();
    await writeFiles(directory, {
      '.dvc/config': `[core]\n    remote = storage\n['remote "storage"']\n    url = ${url}\n${keys}`,
    });
    return openCompute(await openRepository(directory), noPrompter, 'us-west-2');
  };

  it('in S3 opens EC2, too, with its credentials', async () => {
    process.env.AWS_ENDPOINT_URL = server.url;
    try {
      const compute = await openIn('s3://b/p', '    access_key_id = key\n    secret_access_key = secret\n');
      expect((await compute.zones('m5.large'))[0]).toBe('us-west-2a');
    } finally {
      delete process.env.AWS_ENDPOINT_URL;
    }
  });

  it('in a directory does not: no machine in the cloud could reach it', async () => {
    await expect(openIn('../store', '')).rejects.toMatchObject({ kind: 'cloud/needs-s3', code: 2 });
  });
});
