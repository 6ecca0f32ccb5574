import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { localError } from '../../clone/local-error.js';
import { placeFileSync } from '../../clone/place-file.js';
import type { CacheSettings } from '../../config/dvc-cache.js';
import { md5Of } from '../../md5.pure.js';
import { type ObjectId, objectKey } from '../../ports/object-store.js';

/** Whoever finds this mode in the cache, DVC too, knows that the object is complete and was never changed. */
const PROTECTED = 0o444;

/** Objects on this machine, in the layout of DVC's cache and shared with it. */
export class ObjectCache {
  private readonly umaskTakesBits = (PROTECTED & process.umask()) !== 0;

  constructor(readonly settings: CacheSettings) {}

  pathOf(id: ObjectId): string {
    return join(this.settings.dir, objectKey(id));
  }

  /** False: it has no object, or nobody may look. */
  async isThere(): Promise<boolean> {
    return isAccessible(join(this.settings.dir, 'files', 'md5'));
  }

  async has(id: ObjectId): Promise<boolean> {
    return isAccessible(this.pathOf(id));
  }

  /** The object's bytes, MD5 checked; null when they are not here or damaged. */
  async read(id: ObjectId): Promise<Buffer | null> {
    return this.check(id, await readFile(this.pathOf(id)).catch((error: unknown) => this.nothing(id, error)));
  }

  /** As `read`. */
  readSync(id: ObjectId): Buffer | null {
    try {
      return this.check(id, readFileSync(this.pathOf(id)));
    } catch (error) {
      return this.nothing(id, error);
    }
  }

  /** Keeps bytes whose MD5 the caller has checked; damaged ones of that name give way. */
  write(id: ObjectId, bytes: Uint8Array): void {
    placeFileSync(
      this.pathOf(id),
      (temporary) => {
        writeFileSync(temporary, bytes, { flag: 'wx', mode: PROTECTED });
        if (this.umaskTakesBits) chmodSync(temporary, PROTECTED);
      },
      (directory) => this.makeDirectory(directory),
    );
  }

  private check(id: ObjectId, bytes: Buffer | null): Buffer | null {
    if (bytes === null) return null;
    return md5Of(bytes) === id.slice(0, 32) ? bytes : null;
  }

  private nothing(id: ObjectId, error: unknown): null {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw localError(error, this.pathOf(id));
  }

  private makeDirectory(directory: string): void {
    const created = mkdirSync(directory, { recursive: true });
    if (created === undefined || !this.settings.shared) return;
    for (let place = directory; place.length >= created.length; place = dirname(place)) {
      chmodSync(place, 0o2775);
    }
  }
}

function isAccessible(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
