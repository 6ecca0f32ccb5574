import { isIPv4 } from 'node:net';
import { EXIT, WmsError } from '../../errors.js';

/** Amazon's own service for this: it answers with the address that asks. */
const SERVICE = 'https://checkip.amazonaws.com';
const LONGEST_MS = 10_000;

export async function publicAddress(service = SERVICE): Promise<string> {
  let why: string;
  try {
    const answer = await fetch(service, { signal: AbortSignal.timeout(LONGEST_MS) });
    const text = (await answer.text()).trim();
    if (answer.ok && isIPv4(text)) return text;
    why = `${service} answered ${answer.status}: ${JSON.stringify(text.slice(0, 80))}.`;
  } catch (error) {
    const { message, cause } = error as Error;
    why = `${service}: ${cause instanceof Error ? cause.message : message}`;
  }
  throw new WmsError({
    kind: 'cloud/no-address',
    code: EXIT.network,
    what: 'The public address of this machine, for which the session would be opened, is not known.',
    why,
    next: 'Name it: npx wms cloud connect --from ADDRESS',
  });
}
