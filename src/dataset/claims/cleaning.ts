import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, processSpace } from '../../clone/processes.js';
import type { CallOptions } from '../../ports/object-store.js';
import type { StoreNotes } from '../../ports/store-notes.js';

/** There while somebody deletes objects; its content changes at least every `HEARTBEAT_MS`. */
export const CLEANING = 'cleaning';
export const HEARTBEAT_MS = 10_000;
/** Whoever cannot renew the note for so long must not delete any more … */
export const RENEW_WITHIN_MS = 60_000;
/** … and whoever sees no change of it for so long may take its writer for dead. */
const DEAD_AFTER_MS = 150_000;
const POLL_MS = 1_000;

export interface Waiting extends CallOptions {
  /** Called while somebody deletes. */
  readonly onWait?: (() => void) | undefined;
  /** For tests. */
  readonly pause?: ((milliseconds: number, signal: AbortSignal | undefined) => Promise<unknown>) | undefined;
}

const pauseFor = (milliseconds: number, signal: AbortSignal | undefined): Promise<unknown> =>
  sleep(milliseconds, undefined, { signal });

export interface CleaningNote {
  /** Different in each change. */
  readonly by: string;
  readonly count: number;
  /** Process that writes it, and where that number means something. */
  readonly pid: number;
  readonly space: string | null;
}

/**
 * Resolves when nobody deletes objects: the note is gone, or its writer is dead. Then its last content is answered. Dead
 * is a process of this machine that does not run, and one that did not change its note for long; time is counted in
 * questions asked, so that a machine that sleeps counts none.
 */
export async function untilNotCleaned(
  notes: StoreNotes,
  { signal, onWait, pause = pauseFor }: Waiting,
): Promise<Buffer | null> {
  let last: Buffer | null = null;
  for (let unchanged = 0; ; unchanged += POLL_MS) {
    const note = await notes.read(CLEANING, { signal });
    if (note === null) return null;
    if (last === null || !note.equals(last)) unchanged = 0;
    if (unchanged >= DEAD_AFTER_MS || (await isOfDeadProcess(note))) return note;
    last = note;
    onWait?.();
    await pause(POLL_MS, signal);
  }
}

async function isOfDeadProcess(note: Buffer): Promise<boolean> {
  try {
    const { pid, space } = JSON.parse(note.toString()) as Partial<CleaningNote>;
    if (typeof pid !== 'number' || typeof space !== 'string') return false;
    return space === (await processSpace()) && !(await isRunning(pid));
  } catch {
    return false;
  }
}
