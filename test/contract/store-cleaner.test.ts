import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDirectoryCleaner } from '../../src/adapters/directory/cleaner.js';
import { openDirectoryNotes } from '../../src/adapters/directory/notes.js';
import { openDirectoryStore } from '../../src/adapters/directory/store.js';
import { openTestS3, s3Remote } from '../support/s3-remote.js';
import { startS3Server } from '../support/s3-server.js';
import { TRANSPORTS } from '../support/s3-transports.js';
import { storeCleanerSuite } from './store-cleaner.suite.js';

storeCleanerSuite('directory', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'wms-store-'));
  const options = { path: path.join(root, 'not', 'there', 'yet') };
  const open = () => ({ notes: openDirectoryNotes(options), cleaner: openDirectoryCleaner(options) });
  return {
    ...open(),
    store: openDirectoryStore(options),
    other: open(),
    close: () => rm(root, { recursive: true }),
  };
});

for (const [transport, createTransport] of TRANSPORTS) {
  storeCleanerSuite(`S3, in this process, transport: ${transport}`, async () => {
    const server = await startS3Server({ pageSize: 7 });
    const open = () => openTestS3(s3Remote(server.url), { createTransport });
    return { ...open(), other: open(), close: () => server.close() };
  });
}
