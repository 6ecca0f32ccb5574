import { randomUUID } from 'node:crypto';
import { EXIT, WmsError } from '../errors.js';
import type { CallOptions } from '../ports/object-store.js';
import { noteKey, type StoreNotes } from '../ports/store-notes.js';
import type { Timing } from '../ports/timing.js';

const ATTEMPTS = 50;
const PAUSE_MS = 40;

export interface NoteTools {
  readonly notes: StoreNotes;
  readonly timing: Timing;
}

interface Versioned {
  readonly version: 1;
}

/** Null: there has never been one. Throws WmsError `cloud/note-unreadable` (exit code 6). */
export async function readNote<T extends Versioned>(
  notes: StoreNotes,
  name: string,
  options?: CallOptions,
): Promise<T | null> {
  return parse<T>(await notes.read(name, options), name);
}

/**
 * Changes a note as `change` says, which sees what is there and is asked again when somebody else was faster; what it
 * throws ends this. Answers what is there afterwards. An answer that is the same object is no change.
 * Throws WmsErrors `cloud/busy` and `cloud/note-unreadable` (exit code 6).
 */
export async function changeNote<T extends Versioned>(
  { notes, timing }: NoteTools,
  name: string,
  change: (current: T | null) => T,
): Promise<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const bytes = await notes.read(name);
    const current = parse<T>(bytes, name);
    const next = change(current);
    if (next === current) return current;
    // The store compares contents, and each must be new.
    const text = Buffer.from(`${JSON.stringify({ ...next, change: randomUUID() }, null, 1)}\n`);
    const isDone = bytes === null ? await notes.create(name, text) : await notes.replace(name, bytes, text);
    if (isDone) return next;
    await timing.sleep(PAUSE_MS * (1 + timing.random()));
  }
  throw new WmsError({
    kind: 'cloud/busy',
    code: EXIT.conflict,
    what: `The note ${noteKey(name)} in the store could not be changed.`,
    why: `Others changed it ${ATTEMPTS} times meanwhile.`,
    next: 'Do this again in a minute.',
  });
}

function parse<T extends Versioned>(bytes: Buffer | null, name: string): T | null {
  if (bytes === null) return null;
  try {
    const { change: _, ...note } = JSON.parse(bytes.toString()) as T & { change: string };
    if (note.version === 1) return note as unknown as T;
  } catch {
    // Told below.
  }
  throw new WmsError({
    kind: 'cloud/note-unreadable',
    code: EXIT.conflict,
    what: `The note ${noteKey(name)} in the store cannot be read.`,
    why: 'A newer version of wms wrote it, or something else did.',
    next: 'Update wms-hooks: npm install --save-dev wms-hooks@latest',
  });
}
