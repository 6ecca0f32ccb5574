import { isWmsError } from '../../errors.js';
import type { Identity } from '../../ports/identity.js';
import type { ObjectStore } from '../../ports/object-store.js';
import { createStsClient } from './client.js';
import { type Credentials, describeSource } from './credentials.js';
import type { S3Session } from './session.js';

/** The object without bytes: a name that may be asked for in any store. */
const EMPTY_OBJECT = 'd41d8cd98f00b204e9800998ecf8427e';
const STS_TIMEOUT = 5000;

/**
 * Asks both the identity service and the store. The service alone proves little: when an AWS Academy lab has ended it
 * still answers while everything else is denied. And it need not be there: other servers than Amazon's rarely have it.
 */
export function openS3Identity(session: S3Session, store: ObjectStore): Identity {
  return {
    async whoAmI(signal) {
      signal?.throwIfAborted();
      const credentials = await resolve();
      if (session.source.from === 'anonymous') {
        await store.has(EMPTY_OBJECT, { signal });
        return 'anonymous';
      }
      const [probe, arn] = await Promise.allSettled([store.has(EMPTY_OBJECT, { signal }), askSts(signal)]);
      signal?.throwIfAborted();
      const isUndecided = probe.status === 'rejected' && isWmsError(probe.reason, 'credentials/not-allowed');
      if (probe.status === 'rejected' && !isUndecided) throw probe.reason;
      if (arn.status === 'fulfilled' && arn.value !== undefined) return arn.value;
      if (isUndecided) throw probe.reason;
      return `access key ${mask(credentials.accessKeyId)} from ${describeSource(session.source)}`;
    },
  };

  async function resolve(): Promise<Credentials> {
    try {
      return await (await session.clientParts()).credentials();
    } catch (error) {
      throw session.error(error);
    }
  }

  async function askSts(signal: AbortSignal | undefined): Promise<string | undefined> {
    const { GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
    const client = await createStsClient(await session.clientParts());
    const limit = AbortSignal.timeout(STS_TIMEOUT);
    const abortSignal = signal === undefined ? limit : AbortSignal.any([signal, limit]);
    try {
      return (await client.send(new GetCallerIdentityCommand({}), { abortSignal })).Arn;
    } finally {
      client.destroy();
    }
  }
}

function mask(key: string): string {
  return key.length <= 8 ? `${key.slice(0, 2)}…` : `${key.slice(0, 4)}…${key.slice(-4)}`;
}
