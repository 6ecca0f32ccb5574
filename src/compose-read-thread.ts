/** The program of the thread that reads files for an upload. */
import { workInThread } from './adapters/threads/work.js';
import { ownMemory } from './own-memory.js';
import { type FileToRead, readIfSame } from './publish/read-if-same.js';

await workInThread<null, readonly FileToRead[], readonly (Uint8Array | null)[]>(
  async () => async (files) => files.map(readIfSame),
  () => false,
  (results) => results.flatMap((bytes) => (bytes === null ? [] : ownMemory(bytes))),
);
