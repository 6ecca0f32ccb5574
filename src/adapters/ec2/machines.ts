import { type Instance, paginateDescribeInstances } from '@aws-sdk/client-ec2';
import { isWmsError, WmsError } from '../../errors.js';
import { DEADLINE_TAG, type Machine, type MachineOrder } from '../../ports/compute.js';
import type { Account } from './account.js';
import { allPages } from './all-pages.js';
import { ensureGroup } from './groups.js';
import { runInstances, tokenOf } from './order.pure.js';
import { subnetIn } from './places.js';
import { filters, tagValue } from './tags.pure.js';

/** Of an AWS Academy account, and where it may run them; it is closed for good at 20. */
const LIMIT = 9;
const ACADEMY_REGIONS = ['us-east-1', 'us-west-2'];

type Question = Omit<Parameters<typeof paginateDescribeInstances>[1], 'NextToken'>;

function instances(account: Account, question: Question, region = account.region): Promise<Instance[]> {
  return account.ask(
    (client) =>
      allPages(paginateDescribeInstances({ client }, question), ({ Reservations }) =>
        Reservations?.flatMap(({ Instances = [] }) => Instances),
      ),
    { region },
  );
}

export async function load(account: Account): Promise<{ running: number; limit: number }> {
  const Filters = [{ Name: 'instance-state-name', Values: ['pending', 'running'] }];
  const counts = [...new Set([account.region, ...ACADEMY_REGIONS])].map(async (region) => {
    try {
      return (await instances(account, { Filters }, region)).length;
    } catch (error) {
      // Where the account may not even look, it cannot run anything.
      if (region === account.region || !isWmsError(error) || !/denied|not-allowed/.test(error.kind))
        throw error;
      return 0;
    }
  });
  return { running: (await Promise.all(counts)).reduce((sum, count) => sum + count, 0), limit: LIMIT };
}

const ALIVE = ['pending', 'running'];
/** What still has to end before its group can go. A stopped one would start again, and bill, with the next lab. */
const LEFT = [...ALIVE, 'shutting-down', 'stopping', 'stopped'];

export async function find(account: Account, team: string, session: string): Promise<Machine[]> {
  return (await instances(account, { Filters: states(team, session, ALIVE) })).map(machineOf);
}

export function machinesLeft(account: Account, team: string): Promise<Instance[]> {
  return instances(account, { Filters: states(team, undefined, LEFT) });
}

function states(team: string, session: string | undefined, Values: string[]) {
  return [...filters(team, session), { Name: 'instance-state-name', Values }];
}

/** The machine of an order, even one that has ended; null: none is listed. */
export async function made(
  account: Account,
  team: string,
  { session, attempt }: Pick<MachineOrder, 'session' | 'attempt'>,
): Promise<Machine | null> {
  const [known] = await instances(account, { Filters: filters(team, session, attempt) });
  return known === undefined ? null : machineOf(known);
}

/** See `Compute.create`. */
export async function create(account: Account, team: string, order: MachineOrder): Promise<Machine> {
  const known = await made(account, team, order);
  if (known !== null) return known;
  const group = await ensureGroup(account, team, order.session);
  const subnet = await subnetIn(account, order.zone);
  const request = runInstances(order, { team, group, subnet });
  const answer = await account.ask((ec2) => ec2.runInstances(request), {
    // It takes a while until all of EC2 knows a new group.
    settling: ['InvalidGroup.NotFound', 'InvalidSecurityGroupID.NotFound'],
    known: { IdempotentParameterMismatch: () => null },
  });
  const instance = answer?.Instances?.[0];
  return instance === undefined ? ordered(account, team, order) : machineOf(await seen(account, instance));
}

/** EC2 answers a known token as it did the first time: how the machine is now, only its list tells. */
async function seen(account: Account, made: Instance): Promise<Instance> {
  const gone = { ...made, State: { Name: 'terminated' as const } };
  const answer = await account.ask((ec2) => ec2.describeInstances({ InstanceIds: [made.InstanceId ?? ''] }), {
    settling: ['InvalidInstanceID.NotFound'],
    known: { 'InvalidInstanceID.NotFound': () => null },
  });
  return answer === null ? gone : (answer.Reservations?.[0]?.Instances?.[0] ?? gone);
}

/** The machine of an order that EC2 has had in other words, e.g. with an earlier deadline. */
async function ordered(account: Account, team: string, order: MachineOrder): Promise<Machine> {
  const Filters = [{ Name: 'client-token', Values: [tokenOf(order, team)] }];
  const [machine] = await instances(account, { Filters });
  if (machine !== undefined) return machineOf(machine);
  throw new WmsError({
    kind: 'cloud/order-changed',
    code: 6,
    what: `The session ${order.session} has asked for its machine in other words.`,
    why: 'That machine is not listed: it was made seconds ago, or ended an hour ago.',
    next: 'Try again in a minute, or: npx wms-stop',
  });
}

function machineOf({ InstanceId = '', State, LaunchTime, Tags, PublicIpAddress }: Instance): Machine {
  const state = { pending: 'starting', running: 'running' } as const;
  return {
    id: InstanceId,
    state: state[State?.Name as keyof typeof state] ?? 'ended',
    launchedAt: LaunchTime?.toISOString() ?? '',
    deadline: tagValue(Tags, DEADLINE_TAG),
    address: PublicIpAddress || null,
  };
}
