import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { manifestId, serialiseManifest } from '../../src/dataset/manifest.js';
import { updatePointer } from '../../src/dataset/pointer.js';
import { objectKey } from '../../src/ports/object-store.js';
import { md5Of } from './manifests.js';
import type { S3Server } from './s3-server.js';
import { commitFiles } from './scratch.js';

/** Files of one version: `images/a.png` → bytes. */
export type Version = Readonly<Record<string, string | Buffer>>;

/** Puts an object where a store has it. */
export type Shelf = (id: string, bytes: Buffer) => Promise<void> | void;

export function directoryShelf(store: string): Shelf {
  return async (id, bytes) => {
    const file = join(store, objectKey(id));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes, { mode: 0o444, flag: 'w' }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EACCES') throw error;
    });
  };
}

export function s3Shelf(server: S3Server): Shelf {
  return (id, bytes) => void server.objects().set(s3Key(id), bytes);
}

/** As in the url that `s3DvcConfig` names. */
export function s3Key(id: string): string {
  return `team/dvc/${objectKey(id)}`;
}

export function s3DvcConfig(server: S3Server): string {
  const [{ accessKeyId, secretAccessKey } = { accessKeyId: '', secretAccessKey: '' }] = server.keys;
  return [
    '[core]',
    '    remote = storage',
    `['remote "storage"']`,
    '    url = s3://wms-test/team/dvc',
    `    endpointurl = ${server.url}`,
    `    access_key_id = ${accessKeyId}`,
    `    secret_access_key = ${secretAccessKey}`,
    '',
  ].join('\n');
}

/** Stores a version and commits its pointers, as publish and merge would; the commit. */
export async function commitVersion(clone: string, shelf: Shelf, version: Version): Promise<string> {
  const pointers: Record<string, string> = {};
  for (const role of ['images', 'masks']) {
    const entries = [];
    let size = 0;
    for (const [path, content] of Object.entries(version)) {
      if (!path.startsWith(`${role}/`)) continue;
      const bytes = Buffer.from(content);
      await shelf(md5Of(bytes), bytes);
      entries.push({ md5: md5Of(bytes), relpath: path.slice(role.length + 1) });
      size += bytes.length;
    }
    const manifest = serialiseManifest(entries);
    const id = manifestId(manifest);
    await shelf(id, manifest);
    const target = { path: role, id, size, nfiles: entries.length };
    pointers[`data/training/${role}.dvc`] = updatePointer(null, target);
  }
  return commitFiles(clone, pointers, 'dataset');
}

/** That many pairs of small files, as a version. */
export function smallPairs(count: number, prefix = 'meter'): Record<string, string> {
  const version: Record<string, string> = {};
  for (let at = 0; at < count; at++) {
    version[`images/${prefix}_${at}.jpg`] = `photo ${prefix} ${at}`;
    version[`masks/${prefix}_${at}.png`] = `mask ${prefix} ${at}`;
  }
  return version;
}
