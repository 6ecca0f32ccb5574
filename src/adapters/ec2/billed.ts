import { paginateDescribeSecurityGroups, paginateDescribeVolumes } from '@aws-sdk/client-ec2';
import type { BilledThing } from '../../ports/compute.js';
import type { Failure } from '../s3/failure.js';
import type { Account } from './account.js';
import { allPages } from './all-pages.js';
import { machinesLeft } from './machines.js';
import { filters, sessionOf } from './tags.pure.js';

/** See `Compute.billed`. */
export async function billed(account: Account, team: string): Promise<BilledThing[]> {
  const [machines, disks, addresses, groups] = await Promise.all([
    machinesLeft(account, team),
    disksLeft(account, team),
    account.ask((ec2) => ec2.describeAddresses({ Filters: filters(team) })),
    groupsLeft(account, team),
  ]);
  return [
    ...machines.map(({ InstanceId, Tags }) => ['machine', InstanceId, Tags] as const),
    ...disks.map(({ VolumeId, Tags }) => ['disk', VolumeId, Tags] as const),
    ...(addresses.Addresses ?? []).map(({ AllocationId, Tags }) => ['address', AllocationId, Tags] as const),
    ...groups.map(({ GroupId, Tags }) => ['group', GroupId, Tags] as const),
  ].map(([kind, id, tags]) => ({ kind, id: id ?? '', session: sessionOf(tags) }));
}

function disksLeft(account: Account, team: string) {
  const states = { Name: 'status', Values: ['creating', 'available', 'in-use', 'error'] };
  const Filters = [...filters(team), states];
  return account.ask((client) =>
    allPages(paginateDescribeVolumes({ client }, { Filters }), ({ Volumes }) => Volumes),
  );
}

function groupsLeft(account: Account, team: string) {
  const Filters = filters(team);
  return account.ask((client) =>
    allPages(paginateDescribeSecurityGroups({ client }, { Filters }), ({ SecurityGroups }) => SecurityGroups),
  );
}

const gone = () => null;
const reason = ({ message }: Failure) => message;

/** See `Compute.remove`. */
export async function remove(account: Account, { kind, id }: BilledThing): Promise<string | null> {
  switch (kind) {
    case 'stack':
      return 'Terraform made it, and has to remove it: npx wms-stop --engine terraform';
    case 'machine':
      return account.ask(async (ec2) => ec2.terminateInstances({ InstanceIds: [id] }).then(gone), {
        // Made a moment ago, it may be unknown where this arrives: believed only when it stays so.
        settling: ['InvalidInstanceID.NotFound'],
        known: {
          'InvalidInstanceID.NotFound': gone,
          OperationNotPermitted: reason,
          UnsupportedOperation: reason,
        },
      });
    case 'disk':
      return account.ask(async (ec2) => ec2.deleteVolume({ VolumeId: id }).then(gone), {
        known: { 'InvalidVolume.NotFound': gone, VolumeInUse: reason },
      });
    case 'address':
      return account.ask(async (ec2) => ec2.releaseAddress({ AllocationId: id }).then(gone), {
        known: { 'InvalidAllocationID.NotFound': gone, 'InvalidIPAddress.InUse': reason },
      });
    case 'group':
      return account.ask(async (ec2) => ec2.deleteSecurityGroup({ GroupId: id }).then(gone), {
        known: {
          'InvalidGroup.NotFound': gone,
          'InvalidSecurityGroupID.NotFound': gone,
          DependencyViolation: reason,
          'InvalidGroup.InUse': reason,
        },
      });
  }
}
