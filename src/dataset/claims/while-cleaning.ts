import { randomUUID } from 'node:crypto';
import { processSpace } from '../../clone/processes.js';
import { EXIT, WmsError } from '../../errors.js';
import type { StoreCleaner } from '../../ports/store-cleaner.js';
import { noteKey, type StoreNotes } from '../../ports/store-notes.js';
import {
  CLEANING,
  type CleaningNote,
  HEARTBEAT_MS,
  RENEW_WITHIN_MS,
  untilNotCleaned,
  type Waiting,
} from './cleaning.js';

/** Makes sure, right before a deletion, that everybody still knows of it. The deletion must have stopped at `signal`. */
export type Fence = () => Promise<AbortSignal>;

/**
 * Runs `work` while a note in the store tells everybody that objects are being deleted; see `claimObjects`. Waits first
 * until nobody else does so. Throws WmsError `gc/interrupted` (exit code 6) at the next fence when the note could not be
 * kept fresh: a machine that slept, a network that was gone. Somebody may have taken the work for dead and counted on
 * objects meanwhile.
 */
export async function whileCleaning<T>(
  { notes, cleaner }: { readonly notes: StoreNotes; readonly cleaner: StoreCleaner },
  waiting: Waiting,
  work: (fence: Fence) => Promise<T>,
): Promise<T> {
  const note = new FreshNote(notes, await processSpace());
  await note.begin(waiting);
  const heartbeat = setInterval(() => void note.renew().catch(() => undefined), HEARTBEAT_MS).unref();
  try {
    return await work(async () => {
      await note.renew();
      return untilStale();
    });
  } finally {
    clearInterval(heartbeat);
    // If it stays, it delays the next publish by minutes and does no other harm.
    if (await note.isOurs().catch(() => false))
      await cleaner.remove([noteKey(CLEANING)]).catch(() => undefined);
  }
}

function untilStale(): AbortSignal {
  const controller = new AbortController();
  const stop = () => controller.abort(interrupted('The store took too long to delete some objects.'));
  setTimeout(stop, RENEW_WITHIN_MS).unref();
  return controller.signal;
}

class FreshNote {
  readonly #id = randomUUID();
  #count = 0;
  #current: Buffer = Buffer.alloc(0);
  #renewedAt = 0;
  #renewing: Promise<void> = Promise.resolve();

  constructor(
    private readonly notes: StoreNotes,
    private readonly space: string | null,
  ) {}

  async begin(waiting: Waiting): Promise<void> {
    for (;;) {
      const left = await untilNotCleaned(this.notes, waiting);
      const next = this.#next();
      const startedAt = Date.now();
      if (left !== null) await this.notes.write(CLEANING, next);
      else if (!(await this.notes.create(CLEANING, next))) continue;
      this.#current = next;
      this.#renewedAt = startedAt;
      return;
    }
  }

  /** One after the other. Once it has failed it fails for ever. */
  renew(): Promise<void> {
    this.#renewing = this.#renewing.then(async () => {
      if (!(await this.isOurs())) throw interrupted('Another gc has begun meanwhile.');
      const next = this.#next();
      const startedAt = Date.now();
      await this.notes.write(CLEANING, next);
      const gap = Date.now() - this.#renewedAt;
      if (gap > RENEW_WITHIN_MS) throw interrupted(`It stood still for ${Math.round(gap / 1000)} seconds.`);
      this.#current = next;
      this.#renewedAt = startedAt;
    });
    return this.#renewing;
  }

  async isOurs(): Promise<boolean> {
    return (await this.notes.read(CLEANING))?.equals(this.#current) ?? false;
  }

  #next(): Buffer {
    this.#count += 1;
    const note: CleaningNote = { by: this.#id, count: this.#count, pid: process.pid, space: this.space };
    return Buffer.from(`${JSON.stringify(note)}\n`);
  }
}

function interrupted(why: string): WmsError {
  return new WmsError({
    kind: 'gc/interrupted',
    code: EXIT.conflict,
    what: 'The gc stopped before its end.',
    why: `${why} Somebody may have published meanwhile, and counted on objects that were unused before.`,
    next: 'Run it again: what is deleted already stays deleted.',
  });
}
