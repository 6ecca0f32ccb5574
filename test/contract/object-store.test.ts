import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDirectoryStore } from '../../src/adapters/directory/store.js';
import { objectKey } from '../../src/ports/object-store.js';
import { MemoryStore } from '../support/memory-store.js';
import { openTestS3, s3Remote } from '../support/s3-remote.js';
import { startS3Server } from '../support/s3-server.js';
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

objectStoreSuite('S3, in this process', async () => {
  const server = await startS3Server();
  const remote = s3Remote(server.url);
  return {
    store: openTestS3(remote).store,
    other: openTestS3(remote).store,
    damage: (id, bytes) => void server.objects().set(`team/dvc/${objectKey(id)}`, bytes),
    close: () => server.close(),
  };
});
