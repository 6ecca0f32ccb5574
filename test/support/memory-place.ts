import { isObject, objectCorrupt, objectMissing, wrongBytes } from '../../src/adapters/object-errors.js';
import { type ObjectStore, objectKey } from '../../src/ports/object-store.js';
import { refuseForeignKeys, type StoreCleaner } from '../../src/ports/store-cleaner.js';
import { noteKey, type StoreNotes } from '../../src/ports/store-notes.js';

interface Kept {
  readonly bytes: Buffer;
  /** Milliseconds. */
  readonly age: number;
}

/** A whole store in memory: objects, notes and whatever else lies there, under their keys. */
export class MemoryPlace {
  readonly content = new Map<string, Kept>();

  /** `pause` is awaited before each operation; each one is atomic, as with real stores. */
  constructor(private readonly pause: (label: string) => Promise<unknown> = async () => undefined) {}

  lay(key: string, bytes: Buffer, age: number): void {
    this.content.set(key, { bytes, age });
  }

  readonly store: ObjectStore = {
    url: 'memory://place',
    get: async (id, { unchecked } = {}) => {
      await this.pause(`get ${id}`);
      const found = this.content.get(objectKey(id));
      if (found === undefined) throw objectMissing(id, 'memory://place');
      if (!unchecked && !isObject(id, found.bytes)) throw objectCorrupt(id, objectKey(id));
      return found.bytes;
    },
    has: async (id) => {
      await this.pause(`has ${id}`);
      return this.content.has(objectKey(id));
    },
    put: async (id, bytes) => {
      await this.pause(`put ${id}`);
      if (!isObject(id, bytes)) throw wrongBytes(id);
      if (this.content.has(objectKey(id))) return 'present';
      this.lay(objectKey(id), bytes, 0);
      return 'created';
    },
    replace: async () => {
      throw new Error('nobody repairs here');
    },
  };

  readonly notes: StoreNotes = {
    read: async (name) => {
      await this.pause(`read ${name}`);
      return this.content.get(noteKey(name))?.bytes ?? null;
    },
    create: async (name, bytes) => {
      await this.pause(`create ${name}`);
      if (this.content.has(noteKey(name))) return false;
      this.lay(noteKey(name), bytes, 0);
      return true;
    },
    replace: async (name, expected, bytes) => {
      await this.pause(`replace ${name}`);
      if (!this.content.get(noteKey(name))?.bytes.equals(expected)) return false;
      this.lay(noteKey(name), bytes, 0);
      return true;
    },
    write: async (name, bytes) => {
      await this.pause(`write ${name}`);
      this.lay(noteKey(name), bytes, 0);
    },
  };

  readonly cleaner: StoreCleaner = {
    list: (prefix) => this.#list(prefix),
    remove: async (keys) => {
      refuseForeignKeys(keys);
      for (const key of keys) {
        await this.pause(`remove ${key}`);
        this.content.delete(key);
      }
      return [];
    },
  };

  /** As in real stores, what is stored or deleted during a listing may be in it or not. */
  async *#list(prefix: string) {
    await this.pause(`list ${prefix}`);
    const keys = [...this.content.keys()].filter((key) => key.startsWith(prefix)).sort();
    for (const key of keys) {
      await this.pause(`list ${key}`);
      const found = this.content.get(key);
      if (found !== undefined) yield { key, bytes: found.bytes.length, age: found.age };
    }
  }
}
