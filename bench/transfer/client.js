// Our side of bench/transfer.ts in a process of its own, from the built package, as a user's machine runs it.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { adapter, method, transport, remote, directory, ids } = JSON.parse(
  await readFile(process.argv[2], 'utf8'),
);
const load = (file) => import(pathToFileURL(join(adapter, file)).href);
const { openS3 } = await load('index.js');
const options =
  transport === 'sdk' ? { createTransport: (await load('sdk-transport.js')).createSdkTransport } : {};
const prompter = { available: false };
const { store } = openS3({ remote, env: process.env, prompter, ...options });

const fileOf = (id) => join(directory, 'files/md5', id.slice(0, 2), id.slice(2));
const jobs = {
  async put(id) {
    await store.put(id, await readFile(fileOf(id)));
  },
  async get(id) {
    const bytes = await store.get(id);
    const temporary = join(directory, `${randomUUID()}.tmp`);
    await writeFile(temporary, bytes, { flag: 'wx' });
    await rename(temporary, fileOf(id)).catch(async () => {
      await mkdir(dirname(fileOf(id)), { recursive: true });
      await rename(temporary, fileOf(id));
    });
  },
};

const IN_FLIGHT = 48;
const waiting = ids.values();
await mkdir(directory, { recursive: true });
await Promise.all(
  Array.from({ length: IN_FLIGHT }, async () => {
    for (const id of waiting) await jobs[method](id);
  }),
);
