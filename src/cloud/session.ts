import type { Config } from '../config/schema.js';
import type { CallOptions } from '../ports/object-store.js';
import type { StoreNotes } from '../ports/store-notes.js';
import { changeNote, type NoteTools, readNote } from './change-note.js';

/** Note of the team's one session: who wants to open, use or close it agrees here, by compare-and-set. */
export const SESSION = 'cloud/session';

export type Engine = Config['cloud']['engine'] & string;

export interface Lease {
  readonly id: string;
  /** Person and machine. */
  readonly who: string;
  /** What runs. */
  readonly what: string;
  /** ISO dates. */
  readonly since: string;
  readonly until: string;
}

/** A model in the team's store, whatever is promoted later. */
export interface SessionModel {
  /** Of the registry. */
  readonly version: string;
  /** `model.onnx`, and `model.json` where there is one. `key`: below the store's prefix. */
  readonly files: readonly { readonly name: string; readonly key: string; readonly md5: string }[];
}

export interface Session {
  readonly version: 1;
  /** `20261127-101500-3f9a` */
  readonly id: string;
  /** `closing`: nobody can use it any more, but something of it may be left; `closed`: nothing is. */
  readonly state: 'open' | 'closing' | 'closed';
  readonly openedBy: string;
  /** What makes its machine: it stays the same while the settings change. */
  readonly engine: Engine;
  /** ISO dates. */
  readonly openedAt: string;
  readonly deadline: string;
  readonly region: string;
  readonly size: string;
  readonly diskGb: number;
  readonly instanceProfile: string;
  /**
   * Production when the session was opened: what its model API serves. Null: there was none, or the MLflow of the
   * session's machine knows it.
   */
  readonly model: SessionModel | null;
  /** Without a lease and a request for so long, the machine ends itself. */
  readonly idleMinutes: number;
  /** Image of the machine; null until one is needed. */
  readonly image: string | null;
  /** Id of the machine that all agreed on; null until there is one. */
  readonly machine: string | null;
  /**
   * Machines are asked for with a token made of the session and this number, which is saved before it is used: asked for
   * again, also by somebody else, it is the same machine. It grows only when the provider said no.
   */
  readonly attempt: number;
  readonly leases: readonly Lease[];
}

/** Null: there has never been one. Throws WmsError `cloud/note-unreadable` (exit code 6). */
export function readSession(notes: StoreNotes, options?: CallOptions): Promise<Session | null> {
  return readNote(notes, SESSION, options);
}

/** As `changeNote` does, and throws. */
export function changeSession(
  tools: NoteTools,
  change: (current: Session | null) => Session,
): Promise<Session> {
  return changeNote(tools, SESSION, change);
}
