import type { StoreNotes } from '../../src/ports/store-notes.js';

/** Notes in memory. `content` may be looked at and changed. */
export class MemoryNotes implements StoreNotes {
  readonly content = new Map<string, Buffer>();

  async read(name: string): Promise<Buffer | null> {
    return this.content.get(name) ?? null;
  }

  async create(name: string, bytes: Buffer): Promise<boolean> {
    if (this.content.has(name)) return false;
    this.content.set(name, bytes);
    return true;
  }

  async replace(name: string, expected: Buffer, bytes: Buffer): Promise<boolean> {
    if (!this.content.get(name)?.equals(expected)) return false;
    this.content.set(name, bytes);
    return true;
  }

  async write(name: string, bytes: Buffer): Promise<void> {
    this.content.set(name, bytes);
  }
}
