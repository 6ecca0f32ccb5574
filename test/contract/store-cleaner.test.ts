import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDirectoryCleaner } from '../../src/adapters/directory/cleaner.js';
import { openDirectoryNotes } from '../../src/adapters/directory/notes.js';
import { openDirectoryStore } from '../../src/adapters/directory/store.js';
import { MemoryNotes } from '../support/memory-notes.js';
import { MemoryPlace } from '../support/memory-place.js';
import { openTestS3, s3Remote } from '../support/s3-remote.js';
import { startS3Server } from '../support/s3-server.js';
import { TRANSPORTS } from '../support/s3-transports.js';
import { storeCleanerSuite } from './store-cleaner.suite.js';
import { storeNotesSuite } from './store-notes.suite.js';

async function openDirectory() {
  const root = await mkdtemp(path.join(tmpdir(), 'wms-store-'));
  const options = { path: path.join(root, 'not', 'there', 'yet') };
  const open = () => ({ notes: openDirectoryNotes(options), cleaner: openDirectoryCleaner(options) });
  return {
    ...open(),
    store: openDirectoryStore(options),
    other: open(),
    close: () => rm(root, { recursive: true }),
  };
}

storeCleanerSuite('directory', openDirectory);
storeNotesSuite('directory', openDirectory);
for (const notes of [new MemoryNotes(), new MemoryPlace().notes]) {
  storeNotesSuite('memory', async () => ({ notes, other: { notes } }));
}

for (const [transport, createTransport] of TRANSPORTS) {
  const openS3 = async () => {
    const server = await startS3Server({ pageSize: 7 });
    const open = () => openTestS3(s3Remote(server.url), { createTransport });
    return { ...open(), other: open(), close: () => server.close() };
  };
  storeCleanerSuite(`S3, in this process, transport: ${transport}`, openS3);
  storeNotesSuite(`S3, in this process, transport: ${transport}`, openS3);
}
