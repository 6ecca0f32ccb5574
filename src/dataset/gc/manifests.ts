import { EXIT, WmsError } from '../../errors.js';
import type { ObjectId, ObjectStore } from '../../ports/object-store.js';
import { forEachBounded } from '../bounded.js';
import type { ObjectCache } from '../cache/cache.js';
import { type Fault, fetchObject } from '../fetch-object.js';
import { parseManifest } from '../manifest.js';
import type { NamedObjects } from './decide.pure.js';

export interface WantedManifest {
  /** False: it may be missing, because its objects need not be in this store either. */
  readonly required: boolean;
  /** For people: what names it. */
  readonly where: string;
}

/** Reads each manifest once, however often it is asked for, and keeps what it names. */
export class ManifestReader {
  readonly #read = new Set<ObjectId>();

  constructor(
    private readonly store: ObjectStore,
    private readonly caches: readonly ObjectCache[],
    private readonly named: NamedObjects,
  ) {}

  get count(): number {
    return this.#read.size;
  }

  /** Throws WmsError `gc/manifest-unreadable` (exit code 5) for one without which nobody knows what is named. */
  async keep(
    wanted: ReadonlyMap<ObjectId, WantedManifest>,
    progress: (done: number, of: number) => void,
  ): Promise<void> {
    const unread = [...wanted].filter(([id]) => !this.#read.has(id));
    let done = 0;
    await forEachBounded(unread, async ([id, { required, where }], signal) => {
      const bytes = await this.#bytes(id, signal);
      done += 1;
      progress(done, unread.length);
      if (typeof bytes === 'string') {
        if (required || bytes === 'corrupt') throw unreadable(id, where, bytes, this.store.url);
        return 0;
      }
      this.named.add(id);
      for (const { md5 } of parseManifest(bytes, id, this.store.url)) this.named.add(md5);
      this.#read.add(id);
      return bytes.length;
    });
  }

  async #bytes(id: ObjectId, signal: AbortSignal): Promise<Buffer | Fault> {
    for (const cache of this.caches) {
      const bytes = await cache.read(id);
      if (bytes !== null) return bytes;
    }
    return fetchObject(this.store, id, signal);
  }
}

function unreadable(id: ObjectId, where: string, fault: Fault, url: string): WmsError {
  return new WmsError({
    kind: 'gc/manifest-unreadable',
    code: EXIT.network,
    what: `The manifest ${id} is ${fault === 'missing' ? 'not in' : 'damaged in'} ${url}; nothing was deleted.`,
    why: `It is named by ${where}. Without it nobody can tell which objects that version needs.`,
    next: 'Put it back from a machine that has this version (npx wms data verify REVISION --deep --repair, or dvc push), then run this again.',
  });
}
