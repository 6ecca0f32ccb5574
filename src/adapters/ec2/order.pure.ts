import { createHash } from 'node:crypto';
import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import type { MachineOrder } from '../../ports/compute.js';
import { orderTags } from './tags.pure.js';

/** Root disk of Debian's images. */
const ROOT_DISK = '/dev/xvda';

interface Place {
  readonly team: string;
  readonly group: string;
  readonly subnet: string;
}

/** EC2 knows an order again by this: 64 ASCII characters at most. */
export function tokenOf({ session, attempt }: MachineOrder, team: string): string {
  return createHash('sha256').update(`${team}\n${session}\n${attempt}`).digest('hex');
}

/**
 * What EC2 is asked for. All that ends the machine or protects it is part of this one request: nothing can be missed by
 * a process that dies after it.
 */
export function runInstances(order: MachineOrder, { team, group, subnet }: Place): RunInstancesCommandInput {
  const Tags = orderTags(team, order);
  return {
    ClientToken: tokenOf(order, team),
    MinCount: 1,
    MaxCount: 1,
    ImageId: order.image,
    InstanceType: order.size as RunInstancesCommandInput['InstanceType'] & string,
    InstanceInitiatedShutdownBehavior: 'terminate',
    IamInstanceProfile: { Name: order.instanceProfile },
    MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled', InstanceMetadataTags: 'enabled' },
    NetworkInterfaces: [
      {
        DeviceIndex: 0,
        SubnetId: subnet,
        Groups: [group],
        AssociatePublicIpAddress: true,
        DeleteOnTermination: true,
      },
    ],
    BlockDeviceMappings: [
      {
        DeviceName: ROOT_DISK,
        Ebs: { VolumeSize: order.diskGb, VolumeType: 'gp3', Encrypted: true, DeleteOnTermination: true },
      },
    ],
    TagSpecifications: [
      { ResourceType: 'instance', Tags },
      { ResourceType: 'volume', Tags },
    ],
    UserData: Buffer.from(order.userData).toString('base64'),
  };
}
