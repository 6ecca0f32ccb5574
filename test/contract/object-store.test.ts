import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDirectoryStore } from '../../src/adapters/directory/store.js';
import { objectKey } from '../../src/ports/object-store.js';
import { MemoryStore } from '../support/memory-store.js';
import { openTestS3, s3Remote } from '../support/s3-remote.js';
import { startS3Server } from '../support/s3-server.js';
import { TRANSPORTS } from '../support/s3-transports.js';
import { selfSigned } from '../support/self-signed.js';
import { objectStoreSuite } from './object-store.suite.js';

objectStoreSuite('memory', async () => {
  const store = new MemoryStore();
  return { store, other: store, damage: (id, bytes) => void store.objects.set(id, bytes) };
});

objectStoreSuite('directory', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'wms-store-'));
  const store = openDirectoryStore({ path: path.join(root, 'not', 'there', 'yet') });
  return {
    store,
    other: openDirectoryStore({ path: store.url }),
    async damage(id, bytes) {
      const file = path.join(store.url, objectKey(id));
      await chmod(file, 0o644);
      await writeFile(file, bytes);
    },
    close: () => rm(root, { recursive: true }),
  };
});

for (const [transport, createTransport] of TRANSPORTS) {
  for (const tls of [undefined, selfSigned()]) {
    const protocol = tls === undefined ? 'http' : 'https';
    objectStoreSuite(`S3, in this process, ${protocol}, transport: ${transport}`, async () => {
      const server = await startS3Server(tls === undefined ? {} : { tls });
      const remote = s3Remote(server.url, tls === undefined ? {} : { ssl_verify: 'false' });
      return {
        store: openTestS3(remote, { createTransport }).store,
        other: openTestS3(remote, { createTransport }).store,
        damage: (id, bytes) => void server.objects().set(`team/dvc/${objectKey(id)}`, bytes),
        close: () => server.close(),
      };
    });
  }
}
