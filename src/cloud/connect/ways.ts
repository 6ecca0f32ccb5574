import { randomBytes } from 'node:crypto';
import { DOOR_PORT } from '../machine/facts.js';
import { type HeldTunnel, throughDoor, told } from './through-door.js';
import type { ConnectTools, Target } from './tools.js';

const SSH_PORT = 22;
const SSH_USER = 'wms-tunnel';

export interface Way {
  readonly name: string;
  /** Programs that it needs here. */
  readonly programs: readonly string[];
  open(tools: ConnectTools, target: Target): Promise<HeldTunnel>;
}

/** In the order in which they are tried. Only the first needs no port of the machine that is open to anybody. */
export const WAYS: readonly Way[] = [
  {
    name: 'Session Manager',
    programs: ['session-manager-plugin'],
    async open({ tunnels }, { session, machine, forwards }) {
      const tunnel = await tunnels.openSessionManager(machine.id, session.region, forwards);
      return { tunnel, leave: async () => undefined };
    },
  },
  {
    name: 'SSH',
    programs: ['ssh', 'ssh-keygen'],
    async open(tools, target) {
      const { tunnels } = tools;
      const address = told(target.machine.address, 'public address');
      const hostKey = told(target.report.hostKey, 'host key of SSH');
      const from = target.from ?? (await tunnels.publicAddress());
      const key = await tunnels.makeKey();
      const door = { address: from, port: SSH_PORT, key: key.publicKey };
      const place = { address, port: SSH_PORT, user: SSH_USER, hostKey, keyFile: key.file };
      try {
        const held = await throughDoor(tools, target, door, () => tunnels.openSsh(place, target.forwards));
        return {
          tunnel: held.tunnel,
          leave: async () => {
            await key.remove();
            await held.leave();
          },
        };
      } catch (error) {
        await key.remove();
        throw error;
      }
    },
  },
  {
    name: 'TLS',
    programs: [],
    async open(tools, target) {
      const { tunnels } = tools;
      const address = told(target.machine.address, 'public address');
      const certificate = told(target.report.certificate, 'certificate');
      const from = target.from ?? (await tunnels.publicAddress());
      const token = randomBytes(32).toString('hex');
      const place = { address, port: DOOR_PORT, certificate, token };
      const door = { address: from, port: DOOR_PORT, token };
      return throughDoor(tools, target, door, () => tunnels.openTls(place, target.forwards));
    },
  },
];
