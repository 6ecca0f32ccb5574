import type { ClientParts } from './client.js';
import { addressOf } from './lean/address.js';
import type { ObjectTransport } from './transport.js';

/**
 * The SDK spends 2 ms of processor time on each object and 120 ms on being loaded. What is simple enough goes without
 * it; the rest stays with it, which knows every corner of S3.
 */
export async function chooseTransport(parts: ClientParts): Promise<ObjectTransport> {
  if (isForSdk(parts)) {
    const { createSdkTransport } = await import('./sdk-transport.js');
    return createSdkTransport(parts);
  }
  const { createLeanTransport } = await import('./lean/transport.js');
  return createLeanTransport(parts);
}

function isForSdk({ remote, endpoint }: ClientParts): boolean {
  const hasCustomerKey = remote.sseCustomerKey !== undefined;
  const hasUnusualAddress = endpoint.isSdkOnly || addressOf(remote.bucket, endpoint) === null;
  return remote.anonymous || hasCustomerKey || hasUnusualAddress;
}
