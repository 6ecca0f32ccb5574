import { createHash } from 'node:crypto';
import { access, chmod, mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { localError } from '../../clone/local-error.js';
import { placeFile } from '../../clone/place-file.js';
import type { CacheSettings } from '../../config/dvc-cache.js';
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

  async has(id: ObjectId): Promise<boolean> {
    return access(this.pathOf(id)).then(
      () => true,
      () => false,
    );
  }

  /** The object's bytes, MD5 checked; null when they are not here or damaged. */
  async read(id: ObjectId): Promise<Buffer | null> {
    try {
      const bytes = await readFile(this.pathOf(id));
      return createHash('md5').update(bytes).digest('hex') === id.slice(0, 32) ? bytes : null;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR') return null;
      throw localError(error, this.pathOf(id));
    }
  }

  /** Keeps bytes whose MD5 the caller has checked; damaged ones of that name give way. */
  async write(id: ObjectId, bytes: Buffer): Promise<void> {
    await placeFile(
      this.pathOf(id),
      async (temporary) => {
        const handle = await open(temporary, 'wx', PROTECTED);
        try {
          await handle.writeFile(bytes);
          if (this.umaskTakesBits) await handle.chmod(PROTECTED);
        } finally {
          await handle.close();
        }
      },
      (directory) => this.makeDirectory(directory),
    );
  }

  private async makeDirectory(directory: string): Promise<void> {
    const created = await mkdir(directory, { recursive: true });
    if (created === undefined || !this.settings.shared) return;
    for (let place = directory; place.length >= created.length; place = dirname(place)) {
      await chmod(place, 0o2775);
    }
  }
}
