import os from 'node:os';
import { type Compute, DEADLINE_TAG, DUMP_TAG } from '../../ports/compute.js';
import { realTiming } from '../timing.js';
import { type AccountParts, openAccount } from './account.js';
import { billed, remove } from './billed.js';
import { closeDoor, openDoor } from './groups.js';
import { create, find, load } from './machines.js';
import { newestImage, zonesFor } from './places.js';
import { plain } from './tags.pure.js';

export type Ec2Options = Omit<AccountParts, 'homedir' | 'timing'> &
  Partial<Pick<AccountParts, 'homedir' | 'timing'>>;

/**
 * Machines of EC2, in one region. A team is who shares the store: its address is a tag of everything that is made. Asks
 * nothing yet. Throws WmsError `config/ca-bundle` (exit code 2).
 */
export async function ec2Compute(options: Ec2Options): Promise<Compute> {
  const account = await openAccount({ homedir: os.homedir(), timing: realTiming, ...options });
  const { bucket, prefix } = options.remote;
  const team = plain(`s3://${[bucket, prefix].filter(Boolean).join('/')}`);
  const tag = async (machine: string, Key: string, Value: string): Promise<void> => {
    await account.ask((ec2) => ec2.createTags({ Resources: [machine], Tags: [{ Key, Value }] }), {
      settling: ['InvalidInstanceID.NotFound'],
    });
  };
  return {
    load: () => load(account),
    zones: (size) => zonesFor(account, size),
    newestImage: () => newestImage(account),
    create: (order) => create(account, team, order),
    find: (session) => find(account, team, session),
    extend: (machine, deadline) => tag(machine, DEADLINE_TAG, deadline),
    wantDump: (machine, at) => tag(machine, DUMP_TAG, at),
    openDoor: (session, door) => openDoor(account, team, session, door),
    closeDoor: (session, door) => closeDoor(account, team, session, door),
    billed: () => billed(account, team),
    remove: (thing) => remove(account, thing),
  };
}
