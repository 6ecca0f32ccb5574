import type { Tunnels } from '../../ports/tunnels.js';
import { freePort } from './local-ports.js';
import { hasProgram } from './programs.js';
import { publicAddress } from './public-address.js';
import type { AccountParts } from './session-manager.js';
import { makeKey, openSsh } from './ssh.js';
import { openTls } from './tls.js';

/** `account` is asked for what only Session Manager needs. */
export function tunnelsWith(env: NodeJS.ProcessEnv, account: () => Promise<AccountParts>): Tunnels {
  return {
    hasProgram: (name) => hasProgram(name, env),
    freePort,
    publicAddress: () => publicAddress(),
    makeKey,
    async openSessionManager(machine, region, forwards) {
      const { openSessionManager } = await import('./session-manager.js');
      return openSessionManager(await account(), machine, region, forwards);
    },
    openSsh: (place, forwards) => openSsh(place, forwards, env),
    openTls,
  };
}
