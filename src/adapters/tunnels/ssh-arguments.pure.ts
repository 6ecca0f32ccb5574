import type { Forward, SshTunnel } from '../../ports/tunnels.js';

/** Name of the machine in the file of known hosts, whatever its address is. */
export const ALIAS = 'wms-session';

/** Arguments of OpenSSH: nothing but the forwards, and nothing of the user's own settings. */
export function sshArguments(
  { address, port, user, keyFile }: Omit<SshTunnel, 'hostKey'>,
  knownHosts: string,
  forwards: readonly Forward[],
): string[] {
  const settings = {
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    BatchMode: 'yes',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: `"${knownHosts}"`,
    GlobalKnownHostsFile: 'none',
    HostKeyAlias: ALIAS,
    HostKeyAlgorithms: 'ssh-ed25519',
    ExitOnForwardFailure: 'yes',
    ConnectTimeout: '10',
    ServerAliveInterval: '15',
    ServerAliveCountMax: '4',
  };
  return [
    ...['-N', '-T', '-F', 'none', '-i', keyFile, '-p', String(port)],
    ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    ...forwards.flatMap(({ local, remote }) => ['-L', `127.0.0.1:${local}:127.0.0.1:${remote}`]),
    `${user}@${address}`,
  ];
}
