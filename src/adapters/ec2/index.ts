import os from 'node:os';
import type { Tag } from '@aws-sdk/client-ec2';
import {
  type Compute,
  DEADLINE_TAG,
  DUMP_TAG,
  type Machine,
  type MachineOrder,
} from '../../ports/compute.js';
import { realTiming } from '../timing.js';
import { type Account, type AccountParts, openAccount } from './account.js';
import { billed, remove } from './billed.js';
import { closeDoor, openDoor } from './groups.js';
import { create, find, load, made } from './machines.js';
import { newestImage, zonesFor } from './places.js';
import { orderTags, plain } from './tags.pure.js';

export type Ec2Options = Omit<AccountParts, 'homedir' | 'timing'> &
  Partial<Pick<AccountParts, 'homedir' | 'timing'>>;

/** What another engine needs whose machines are of EC2, too. */
export interface Ec2Engine {
  readonly compute: Compute;
  /** Everything that is made for the order carries these. */
  tags(order: MachineOrder): Tag[];
  /** The machine of the order, whoever made it, even one that has ended; null: none is listed. */
  made(order: Pick<MachineOrder, 'session' | 'attempt'>): Promise<Machine | null>;
  credentials: Account['credentials'];
  errorOf: Account['errorOf'];
}

export async function ec2Compute(options: Ec2Options): Promise<Compute> {
  return (await openEc2(options)).compute;
}

/**
 * Machines of EC2, in one region. A team is who shares the store: its address is a tag of everything that is made. Asks
 * nothing yet. Throws WmsError `config/ca-bundle` (exit code 2).
 */
export async function openEc2(options: Ec2Options): Promise<Ec2Engine> {
  const account = await openAccount({ homedir: os.homedir(), timing: realTiming, ...options });
  const { bucket, prefix } = options.remote;
  const team = plain(`s3://${[bucket, prefix].filter(Boolean).join('/')}`);
  const tag = async (machine: string, Key: string, Value: string): Promise<void> => {
    await account.ask((ec2) => ec2.createTags({ Resources: [machine], Tags: [{ Key, Value }] }), {
      settling: ['InvalidInstanceID.NotFound'],
    });
  };
  const compute: Compute = {
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
  return {
    compute,
    tags: (order) => orderTags(team, order),
    made: (order) => made(account, team, order),
    credentials: account.credentials,
    errorOf: account.errorOf,
  };
}
