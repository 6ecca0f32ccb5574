import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import type { Forward, SshTunnel, Tunnel, TunnelKey } from '../../ports/tunnels.js';
import { openProcessTunnel } from './process-tunnel.js';
import { ALIAS, sshArguments } from './ssh-arguments.pure.js';

export async function makeKey(): Promise<TunnelKey> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'wms-tunnel-'));
  const file = path.join(directory, 'key');
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'wms', '-f', file], {
      stdin: 'ignore',
    });
    const [type, bytes] = (await readFile(`${file}.pub`, 'utf8')).split(' ');
    return { publicKey: `${type} ${bytes}`, file, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

export async function openSsh(
  place: SshTunnel,
  forwards: readonly Forward[],
  env: NodeJS.ProcessEnv,
): Promise<Tunnel> {
  // Beside the key, and removed with it.
  const knownHosts = path.join(path.dirname(place.keyFile), 'known_hosts');
  await writeFile(knownHosts, `${ALIAS} ${place.hostKey}\n`);
  return openProcessTunnel('SSH', ['ssh', ...sshArguments(place, knownHosts, forwards)], env, forwards);
}
