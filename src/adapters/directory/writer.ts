import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, open, readdir, rename, stat, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PutOutcome } from '../../ports/object-store.js';

// `dvc gc` removes what it finds under first components of two characters; longer ones survive.
const TEMPORARY = 'wms-tmp';
const STALE_MS = 24 * 60 * 60 * 1000;
const NO_HARD_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Writes files that appear complete or not at all, and are never changed once they are there. */
export class ObjectWriter {
  private readonly temporary: string;
  private cleaned: Promise<void> | undefined;

  constructor(
    root: string,
    private readonly shared: boolean,
  ) {
    this.temporary = path.join(root, TEMPORARY);
  }

  write(file: string, bytes: Buffer, signal?: AbortSignal): Promise<PutOutcome> {
    return this.writeAndPlace(file, bytes, place, signal);
  }

  /** As `write`, but what stands at `file` gives way. */
  replace(file: string, bytes: Buffer, signal?: AbortSignal): Promise<PutOutcome> {
    return this.writeAndPlace(file, bytes, placeOver, signal);
  }

  /** Milliseconds since 1970 by the clock that dates files there; this machine's where nothing can be written. */
  async now(): Promise<number> {
    const temporary = this.temporaryFile();
    try {
      await this.directory(this.temporary);
      await writeFile(temporary, '', { flag: 'wx' });
      return (await stat(temporary)).mtimeMs;
    } catch {
      return Date.now();
    } finally {
      await unlink(temporary).catch(() => {});
    }
  }

  /** Made so that all writers of the store can use it. */
  async temporaryDirectory(): Promise<string> {
    await this.directory(this.temporary);
    return this.temporary;
  }

  private temporaryFile(): string {
    return path.join(this.temporary, `${process.pid}-${randomUUID()}`);
  }

  private async writeAndPlace(
    file: string,
    bytes: Buffer,
    toFinalName: (temporary: string, file: string) => Promise<PutOutcome>,
    signal: AbortSignal | undefined,
  ): Promise<PutOutcome> {
    await this.directory(this.temporary);
    this.cleaned ??= this.removeStale();
    await this.cleaned;
    const temporary = this.temporaryFile();
    try {
      await writeDurably(temporary, bytes, signal);
      const directory = path.dirname(file);
      await this.directory(directory);
      const outcome = await toFinalName(temporary, file);
      await syncDirectory(directory);
      return outcome;
    } finally {
      await unlink(temporary).catch(() => {});
    }
  }

  private async directory(directory: string): Promise<void> {
    const created = await mkdir(directory, { recursive: true });
    if (created === undefined || !this.shared) return;
    for (let place = directory; place.length >= created.length; place = path.dirname(place)) {
      await chmod(place, 0o2775);
    }
  }

  /** Leftovers of writers that were killed. A living one needs seconds, not a day. */
  private async removeStale(): Promise<void> {
    for (const name of await readdir(this.temporary)) {
      const file = path.join(this.temporary, name);
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
      if (mtimeMs < Date.now() - STALE_MS) await unlink(file).catch(() => {});
    }
  }
}

async function writeDurably(file: string, bytes: Buffer, signal?: AbortSignal): Promise<void> {
  const handle = await open(file, 'wx', 0o444);
  try {
    await handle.writeFile(bytes, { signal });
    // The umask may have taken bits that other readers of the store need.
    await handle.chmod(0o444);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A link, unlike a rename, cannot replace an object that somebody else finished meanwhile. */
async function place(temporary: string, file: string): Promise<PutOutcome> {
  try {
    await link(temporary, file);
    return 'created';
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'EEXIST') return 'present';
    if (!NO_HARD_LINKS.has(code)) throw error;
    await rename(temporary, file);
    return 'created';
  }
}

async function placeOver(temporary: string, file: string): Promise<PutOutcome> {
  // Windows does not rename over a file without write permission.
  if (process.platform === 'win32') await chmod(file, 0o644).catch(() => {});
  await rename(temporary, file);
  return 'created';
}

async function syncDirectory(directory: string): Promise<void> {
  // Windows cannot open a directory; its file system keeps names safe by itself.
  const handle = await open(directory, 'r').catch(() => null);
  if (handle === null) return;
  await handle.sync().catch(() => {});
  await handle.close();
}
