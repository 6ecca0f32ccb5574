import { isIPv4 } from 'node:net';
import { EXIT, WmsError } from '../errors.js';
import type { Door } from '../ports/compute.js';

/** Throws WmsError `cloud/open-to-all` (exit code 2) for a door that lets in more than one address. */
export function refuseManyCallers({ address, fromPort, toPort }: Door): void {
  const isOne = isIPv4(address) && !address.startsWith('0.');
  if (isOne && fromPort >= 1 && fromPort <= toPort && toPort <= 65_535) return;
  throw new WmsError({
    kind: 'cloud/open-to-all',
    code: EXIT.usage,
    what: `${address || 'Nothing'} (ports ${fromPort} to ${toPort}) is not let in.`,
    why: 'A machine is opened for one IPv4 address at a time, never for a range or for all.',
    next: 'Name the public IPv4 address of this machine.',
  });
}
