import { createHash } from 'node:crypto';
import { isWmsError } from '../../errors.js';
import { noteKey, type StoreNotes } from '../../ports/store-notes.js';
import { notS3 } from './answers.js';
import { failureOf, isConditionRefused, isMissing } from './failure.js';
import type { S3Requests } from './requests.js';

export function openS3Notes(requests: S3Requests): StoreNotes {
  const { session } = requests;
  const keyOf = (name: string) => requests.wholeKey(noteKey(name));

  const get = async (name: string, signal: AbortSignal | undefined): Promise<Buffer | null> => {
    const transport = await session.transport();
    try {
      const { bytes, requestId } = await transport.get(keyOf(name), { signal });
      if (requestId === undefined) throw notS3(session.url);
      return bytes;
    } catch (error) {
      if (isMissing(failureOf(error))) return null;
      throw error;
    }
  };
  const put = async (
    name: string,
    bytes: Buffer,
    options: { signal: AbortSignal | undefined; ifAbsent: boolean },
  ): Promise<void> => {
    const md5 = createHash('md5').update(bytes).digest('hex');
    const transport = await session.transport();
    const { requestId, etag } = await transport.put(keyOf(name), bytes, { ...options, md5 });
    if (requestId === undefined || etag === undefined) throw notS3(session.url);
  };

  return {
    read: (name, { signal } = {}) => requests.attempt(signal, () => get(name, signal)),

    create: (name, bytes, { signal } = {}) =>
      requests.attempt(signal, async () => {
        try {
          await put(name, bytes, { signal, ifAbsent: true });
          return true;
        } catch (error) {
          const failure = failureOf(error);
          // An attempt whose answer got lost may have written it.
          if (failure.status === 412 && failure.isFromS3)
            return (await get(name, signal))?.equals(bytes) ?? false;
          if (isWmsError(error) || !isConditionRefused(failure)) throw error;
          if ((await get(name, signal)) !== null) return false;
          await put(name, bytes, { signal, ifAbsent: false });
          return true;
        }
      }),

    write: (name, bytes, { signal } = {}) =>
      requests.attempt(signal, () => put(name, bytes, { signal, ifAbsent: false })),
  };
}
