import { EXIT, WmsError } from '../../errors.js';

export function noTunnel(way: string, why: string, cause?: unknown): WmsError {
  return new WmsError({
    kind: 'cloud/no-tunnel',
    code: EXIT.network,
    what: `The machine of the session cannot be reached by ${way}.`,
    why,
    next: 'npx wms cloud connect tries again.',
    cause,
  });
}
