import { EXIT, WmsError } from '../../errors.js';
import type { Door } from '../../ports/compute.js';
import { refuseManyCallers } from '../one-caller.js';
import type { Account } from './account.js';
import { filters, sessionTags } from './tags.pure.js';

/** The session's own group, made when it is not there. It lets nobody in. */
export async function ensureGroup(account: Account, team: string, session: string): Promise<string> {
  const made = await account.ask(
    (ec2) =>
      ec2.createSecurityGroup({
        GroupName: `wms-${session}`,
        Description: `Machine of the session ${session}`,
        TagSpecifications: [{ ResourceType: 'security-group', Tags: sessionTags(team, session) }],
      }),
    { known: { 'InvalidGroup.Duplicate': () => null } },
  );
  const id = made?.GroupId ?? (await groupOf(account, team, session));
  if (id !== undefined) return id;
  throw new WmsError({
    kind: 'cloud/group-unseen',
    code: EXIT.network,
    what: `The group wms-${session} exists, but is not listed yet.`,
    why: 'Lists of EC2 may be some seconds old, or somebody else made a group of this name.',
    next: 'Try again in a minute.',
  });
}

/** Throws WmsErrors `cloud/open-to-all` and `cloud/no-session` (exit code 2). */
export async function openDoor(account: Account, team: string, session: string, door: Door): Promise<void> {
  const IpPermissions = [permission(door)];
  const GroupId = await groupOf(account, team, session);
  if (GroupId === undefined) {
    throw new WmsError({
      kind: 'cloud/no-session',
      code: EXIT.usage,
      what: `The session ${session} has no machine that could be reached.`,
      next: 'npx wms cloud status',
    });
  }
  await account.ask((ec2) => ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions }), {
    known: { 'InvalidPermission.Duplicate': () => undefined },
  });
}

export async function closeDoor(account: Account, team: string, session: string, door: Door): Promise<void> {
  const IpPermissions = [permission(door)];
  const GroupId = await groupOf(account, team, session);
  if (GroupId === undefined) return;
  const gone = () => undefined;
  await account.ask((ec2) => ec2.revokeSecurityGroupIngress({ GroupId, IpPermissions }), {
    known: { 'InvalidPermission.NotFound': gone, 'InvalidGroup.NotFound': gone },
  });
}

async function groupOf(account: Account, team: string, session: string): Promise<string | undefined> {
  const Filters = filters(team, session);
  const { SecurityGroups } = await account.ask((ec2) => ec2.describeSecurityGroups({ Filters }));
  return SecurityGroups?.[0]?.GroupId;
}

/** The one place where a rule is made that lets somebody in: one address, TCP, a few ports. */
function permission(door: Door) {
  refuseManyCallers(door);
  const IpRanges = [{ CidrIp: `${door.address}/32`, Description: 'wms cloud connect' }];
  return { IpProtocol: 'tcp', FromPort: door.fromPort, ToPort: door.toPort, IpRanges };
}
