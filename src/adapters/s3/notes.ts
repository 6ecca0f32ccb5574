import { createHash } from 'node:crypto';
import { EXIT, isWmsError, WmsError } from '../../errors.js';
import { noteKey, type StoreNotes } from '../../ports/store-notes.js';
import { notS3 } from './answers.js';
import { type Failure, failureOf, isConditionRefused, isMissing } from './failure.js';
import type { S3Requests } from './requests.js';
import type { GetAnswer } from './transport.js';

export function openS3Notes(requests: S3Requests): StoreNotes {
  const { session } = requests;
  const keyOf = (name: string) => requests.wholeKey(noteKey(name));

  const get = async (name: string, signal: AbortSignal | undefined): Promise<GetAnswer | null> => {
    const transport = await session.transport();
    try {
      const answer = await transport.get(keyOf(name), { signal });
      if (answer.requestId === undefined) throw notS3(session.url);
      return answer;
    } catch (error) {
      if (isMissing(failureOf(error))) return null;
      throw error;
    }
  };
  const put = async (
    name: string,
    bytes: Buffer,
    options: { signal: AbortSignal | undefined; ifAbsent: boolean; ifMatch?: string | undefined },
  ): Promise<void> => {
    const md5 = createHash('md5').update(bytes).digest('hex');
    const transport = await session.transport();
    const { requestId, etag } = await transport.put(keyOf(name), bytes, { ...options, md5 });
    if (requestId === undefined || etag === undefined) throw notS3(session.url);
  };
  /** Asked where the server refused to write: an attempt whose answer got lost may have written it. */
  const isThere = async (name: string, bytes: Buffer, signal: AbortSignal | undefined): Promise<boolean> =>
    (await get(name, signal))?.bytes.equals(bytes) ?? false;

  return {
    read: (name, { signal } = {}) =>
      requests.attempt(signal, async () => (await get(name, signal))?.bytes ?? null),

    create: (name, bytes, { signal } = {}) =>
      requests.attempt(signal, async () => {
        try {
          await put(name, bytes, { signal, ifAbsent: true });
          return true;
        } catch (error) {
          const failure = failureOf(error);
          if (isRefused(failure)) return isThere(name, bytes, signal);
          if (isWmsError(error) || !isConditionRefused(failure)) throw error;
          if ((await get(name, signal)) !== null) return false;
          await put(name, bytes, { signal, ifAbsent: false });
          return true;
        }
      }),

    replace: (name, expected, bytes, { signal } = {}) =>
      requests.attempt(signal, async () => {
        const found = await get(name, signal);
        // An earlier attempt whose answer got lost may have written it.
        if (found?.bytes.equals(bytes)) return true;
        if (!found?.bytes.equals(expected)) return false;
        // Without one the condition would be left out, and anything replaced.
        if (found.etag === undefined) throw notS3(session.url);
        try {
          await put(name, bytes, { signal, ifAbsent: false, ifMatch: found.etag });
          return true;
        } catch (error) {
          const failure = failureOf(error);
          if (isRefused(failure)) return isThere(name, bytes, signal);
          if (failure.status === 404 && isMissing(failure)) return false;
          throw !isWmsError(error) && isConditionRefused(failure) ? noConditions(session.url) : error;
        }
      }),

    write: (name, bytes, { signal } = {}) =>
      requests.attempt(signal, () => put(name, bytes, { signal, ifAbsent: false })),
  };
}

/** The condition of the write did not hold. */
function isRefused({ status, isFromS3 }: Failure): boolean {
  return status === 412 && isFromS3;
}

/** Two people at once could each believe that they were alone. */
function noConditions(url: string): WmsError {
  return new WmsError({
    kind: 'store/no-conditions',
    code: EXIT.network,
    what: `The store ${url} cannot tell two writers apart.`,
    why: 'Its server does not know conditional writes (If-Match), which sessions and leases need.',
    next: 'Use Amazon S3 or a server that has them, in a current version.',
  });
}
