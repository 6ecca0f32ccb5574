import { afterEach, describe, expect, it } from 'vitest';
import { isWmsError, type WmsError } from '../../src/errors.js';
import type { Compute, MachineOrder } from '../../src/ports/compute.js';
import { testEc2 } from '../support/ec2.js';
import { answer, type Ec2Answer, type Ec2Server, refusal, startEc2Server } from '../support/ec2-answers.js';

let server: Ec2Server | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function ec2(respond: (action: string, asked: URLSearchParams) => Ec2Answer): Promise<Compute> {
  server = await startEc2Server((asked) => respond(asked.get('Action') ?? '', asked));
  return testEc2(server.url);
}

async function failure(promise: Promise<unknown>): Promise<WmsError> {
  const error = await promise.then(
    () => null,
    (thrown) => thrown,
  );
  if (!isWmsError(error)) throw new Error(`a WmsError was expected, not ${error}`);
  return error;
}

const order: MachineOrder = {
  session: '20261127-101500-abcd',
  attempt: 1,
  zone: 'us-east-1a',
  size: 't3.large',
  image: 'ami-1',
  diskGb: 30,
  instanceProfile: 'LabInstanceProfile',
  deadline: '2026-11-27T14:15:00.000Z',
  openedBy: 'ana',
  userData: '#!/bin/sh\n',
};
const deny = 'You are not authorized to perform this operation. User: arn:aws:sts::1:assumed-role/voclabs/u';
const subnets = answer(
  'DescribeSubnets',
  '<subnetSet><item><availabilityZone>us-east-1a</availabilityZone><subnetId>subnet-1</subnetId></item></subnetSet>',
);
const group = answer('CreateSecurityGroup', '<groupId>sg-1</groupId>');
const instance = (state: string, tags = '') =>
  `<instancesSet><item><instanceId>i-1</instanceId><instanceState><name>${state}</name></instanceState>` +
  `<launchTime>2026-11-27T10:15:01.000Z</launchTime>${tags}</item></instancesSet>`;
const listed = (state: string) =>
  answer('DescribeInstances', `<reservationSet><item>${instance(state)}</item></reservationSet>`);
const nothing = answer('DescribeInstances', '<reservationSet/>');

/** The calls before and after RunInstances are answered well. */
const ordering = (run: (asked: URLSearchParams) => Ec2Answer, list: (asked: URLSearchParams) => Ec2Answer) =>
  ec2((action, asked) => {
    if (action === 'DescribeSubnets') return subnets;
    if (action === 'CreateSecurityGroup') return group;
    return action === 'RunInstances' ? run(asked) : list(asked);
  });
const count = (action: string) => server?.asked.filter((asked) => asked.get('Action') === action).length;

describe('what EC2 refuses', () => {
  it.each<[string, number, string, number, string?]>([
    ['credentials/expired', 4, 'RequestExpired', 400, 'Request has expired.'],
    ['credentials/expired', 4, 'ExpiredToken', 400],
    [
      'credentials/unknown-key',
      4,
      'AuthFailure',
      401,
      'AWS was not able to validate the provided access credentials',
    ],
    ['credentials/unknown-key', 4, 'InvalidClientTokenId', 403],
    ['credentials/wrong-secret', 4, 'SignatureDoesNotMatch', 403],
    [
      'credentials/lab-ended',
      4,
      'UnauthorizedOperation',
      403,
      `${deny} with an explicit deny in an identity-based policy: arn:aws:iam::1:policy/voc-cancel-cred`,
    ],
    [
      'credentials/denied',
      4,
      'UnauthorizedOperation',
      403,
      `${deny} with an explicit deny in a service control policy`,
    ],
    ['credentials/not-allowed', 4, 'UnauthorizedOperation', 403, deny],
    ['cloud/account-blocked', 4, 'Blocked', 400, 'This account is currently blocked'],
    ['cloud/account-blocked', 4, 'OptInRequired', 401],
    ['cloud/busy', 5, 'RequestLimitExceeded', 503],
    ['cloud/busy', 5, 'InternalError', 500],
    ['cloud/bad-order', 2, 'InvalidParameterValue', 400],
    ['cloud/refused', 5, 'SomethingNew', 400],
  ])('%s (exit code %i): %s', async (kind, code, name, status, message) => {
    const compute = await ec2(() => refusal(name, status, message));
    const error = await failure(compute.billed());
    expect({ kind: error.kind, code: error.code }).toEqual({ kind, code });
    expect(error.message).toMatch(/^[A-Z].*\.$/);
    expect([error.why, error.next]).toEqual([expect.stringMatching(/\S/), expect.stringMatching(/\S/)]);
  });

  it.each([
    ['cloud/no-capacity', 5, 'InsufficientInstanceCapacity', 500],
    ['cloud/no-capacity', 5, 'Unsupported', 400],
    ['cloud/limit', 5, 'VcpuLimitExceeded', 400],
    ['cloud/limit', 5, 'InstanceLimitExceeded', 400],
    ['cloud/bad-order', 2, 'InvalidAMIID.NotFound', 400],
    ['cloud/no-profile', 2, 'InvalidParameterValue', 400],
  ])('%s (exit code %i) for a machine: %s, asked once', async (kind, code, name, status) => {
    const message =
      kind === 'cloud/no-profile' ? 'Value (X) for parameter iamInstanceProfile.name is invalid' : name;
    const compute = await ordering(
      () => refusal(name, status, message),
      () => nothing,
    );
    expect(await failure(compute.create(order))).toMatchObject({ kind, code });
    expect(count('RunInstances')).toBe(1);
  });

  it('a page of somebody else, and nobody at all', async () => {
    const compute = await ec2(() => ({ status: 404, body: '<html><body>Log in</body></html>' }));
    expect(await failure(compute.billed())).toMatchObject({ kind: 'cloud/not-ec2', code: 5 });
    await server?.close();
    expect(await failure(compute.billed())).toMatchObject({ kind: 'cloud/unreachable', code: 5 });
  });

  it('somewhere else counts as no machines there', async () => {
    let denied = 'us-west-2';
    server = await startEc2Server((_, { authorization = '' }) =>
      authorization.includes(denied) ? refusal('UnauthorizedOperation', 403, deny) : listed('running'),
    );
    const compute = await testEc2(server.url);
    expect(await compute.load()).toEqual({ running: 1, limit: 9 });
    denied = 'us-east-1';
    expect(await failure(compute.load())).toMatchObject({ kind: 'credentials/not-allowed' });
  });

  it('is asked again after a failure that passes', async () => {
    let left = 3;
    const compute = await ec2(() => {
      left -= 1;
      return left > 0 ? refusal('RequestLimitExceeded', 503) : nothing;
    });
    expect(await compute.find('one')).toEqual([]);
    expect(server?.asked).toHaveLength(3);
  });
});

describe('a refusal that EC2 encodes', () => {
  const encoded = refusal(
    'UnauthorizedOperation',
    403,
    'You are not authorized. Encoded authorization failure message: ZW5jb2RlZA',
  );
  const decoded = (content: object): Ec2Answer => ({
    status: 200,
    body:
      '<DecodeAuthorizationMessageResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><DecodeAuthorizationMessageResult>' +
      `<DecodedMessage>${JSON.stringify(content)}</DecodedMessage>` +
      '</DecodeAuthorizationMessageResult></DecodeAuthorizationMessageResponse>',
  });
  const context = { principal: { arn: 'arn:ana' }, action: 'ec2:RunInstances', resource: 'arn:image' };
  const refused = async (reason: Ec2Answer) => {
    const compute = await ec2((action) => (action === 'DecodeAuthorizationMessage' ? reason : encoded));
    return failure(compute.billed());
  };

  it('is told in words', async () => {
    const error = await refused(decoded({ context }));
    expect(error.kind).toBe('credentials/not-allowed');
    expect(error.why).toBe(
      'You are not authorized. arn:ana is not authorized to perform: ec2:RunInstances on arn:image',
    );
  });

  it('tells an ended lab', async () => {
    const matchedStatements = { items: [{ sourcePolicyId: 'voc-cancel-cred' }] };
    expect((await refused(decoded({ context, explicitDeny: true, matchedStatements }))).kind).toBe(
      'credentials/lab-ended',
    );
    const policy = `${deny} with an explicit deny in an identity-based policy: voc-cancel-cred`;
    const denied = `<ErrorResponse><Error><Code>AccessDenied</Code><Message>${policy}</Message></Error></ErrorResponse>`;
    expect((await refused({ status: 403, body: denied })).kind).toBe('credentials/lab-ended');
  });

  it('is told as it is where nobody may decode it', async () => {
    const error = await refused({
      status: 403,
      body: '<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>',
    });
    expect([error.kind, error.why]).toEqual(['credentials/not-allowed', 'You are not authorized.']);
  });
});

describe('an order', () => {
  it('waits for its new group, and always has the same token', async () => {
    let early = 2;
    const compute = await ordering(
      () => {
        early -= 1;
        return early >= 0
          ? refusal('InvalidGroup.NotFound', 400)
          : answer('RunInstances', instance('pending'));
      },
      (asked) => (asked.has('InstanceId.1') ? listed('running') : nothing),
    );
    expect(await compute.create(order)).toMatchObject({ id: 'i-1', state: 'running' });
    const asked = server?.asked.find((each) => each.get('Action') === 'RunInstances');
    const groups = [...(asked ?? [])].filter(([name]) => name.includes('SecurityGroupId'));
    expect(groups).toEqual([['NetworkInterface.1.SecurityGroupId.1', 'sg-1']]);
    const tokens = server?.asked.flatMap((asked) => asked.get('ClientToken') ?? []) ?? [];
    expect([tokens.length, new Set(tokens).size, tokens[0]?.length]).toEqual([3, 1, 64]);
  });

  it('that EC2 knows in other words answers its machine', async () => {
    const compute = await ordering(
      () => refusal('IdempotentParameterMismatch', 400),
      (asked) => (asked.get('Filter.1.Name') === 'client-token' ? listed('running') : nothing),
    );
    expect(await compute.create(order)).toMatchObject({ id: 'i-1', state: 'running' });
  });

  it('whose machine is never seen counts as ended: EC2 repeats its first answer for a day', async () => {
    const compute = await ordering(
      () => answer('RunInstances', instance('pending')),
      (asked) => (asked.has('InstanceId.1') ? refusal('InvalidInstanceID.NotFound', 400) : nothing),
    );
    expect(await compute.create(order)).toMatchObject({ id: 'i-1', state: 'ended' });
    expect(count('DescribeInstances')).toBeLessThan(20);
  });
});

describe('what is removed', () => {
  it.each([
    ['machine', 'InvalidInstanceID.NotFound', null],
    ['machine', 'OperationNotPermitted', 'protected'],
    ['disk', 'InvalidVolume.NotFound', null],
    ['disk', 'VolumeInUse', 'protected'],
    ['address', 'InvalidAllocationID.NotFound', null],
    ['group', 'InvalidGroup.NotFound', null],
    ['group', 'DependencyViolation', 'protected'],
  ] as const)('%s: %s', async (kind, name, result) => {
    const compute = await ec2(() => refusal(name, 400, 'protected'));
    expect(await compute.remove({ kind, id: 'x-1', session: 'one' })).toBe(result);
  });

  it('is not believed gone at the first no: it may be too new', async () => {
    let early = 2;
    const compute = await ec2(() => {
      early -= 1;
      return early >= 0 ? refusal('InvalidInstanceID.NotFound', 400) : answer('TerminateInstances');
    });
    expect(await compute.remove({ kind: 'machine', id: 'i-1', session: 'one' })).toBeNull();
    expect(server?.asked).toHaveLength(3);
  });
});
