import { randomUUID } from 'node:crypto';
import { EXIT, WmsError } from '../errors.js';
import type { StoreNotes } from '../ports/store-notes.js';
import type { Timing } from '../ports/timing.js';

/** Note of the team's one session: who wants to open, use or close it agrees here, by compare-and-set. */
export const SESSION = 'cloud/session';
const ATTEMPTS = 50;
const PAUSE_MS = 40;

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

export interface SessionTools {
  readonly notes: StoreNotes;
  readonly timing: Timing;
}

/** Null: there has never been one. Throws WmsError `cloud/session-unreadable` (exit code 6). */
export async function readSession(notes: StoreNotes): Promise<Session | null> {
  return parse(await notes.read(SESSION));
}

/**
 * Changes the session as `change` says, which sees what is there and is asked again when somebody else was faster; what
 * it throws ends this. Answers what is there afterwards. An answer that is the same object is no change.
 * Throws WmsError `cloud/busy` (exit code 6).
 */
export async function changeSession(
  { notes, timing }: SessionTools,
  change: (current: Session | null) => Session,
): Promise<Session> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const bytes = await notes.read(SESSION);
    const current = parse(bytes);
    const next = change(current);
    if (next === current) return current;
    // The store compares contents, and each must be new.
    const text = Buffer.from(`${JSON.stringify({ ...next, change: randomUUID() }, null, 1)}\n`);
    const isDone =
      bytes === null ? await notes.create(SESSION, text) : await notes.replace(SESSION, bytes, text);
    if (isDone) return next;
    await timing.sleep(PAUSE_MS * (1 + timing.random()));
  }
  throw new WmsError({
    kind: 'cloud/busy',
    code: EXIT.conflict,
    what: 'The note of the cloud session could not be changed.',
    why: `Others changed it ${ATTEMPTS} times meanwhile.`,
    next: 'Do this again in a minute.',
  });
}

function parse(bytes: Buffer | null): Session | null {
  if (bytes === null) return null;
  try {
    const { change: _, ...session } = JSON.parse(bytes.toString()) as Session & { change: string };
    if (session.version === 1 && Array.isArray(session.leases))
      return { ...session, model: session.model ?? null };
  } catch {
    // Told below.
  }
  throw new WmsError({
    kind: 'cloud/session-unreadable',
    code: EXIT.conflict,
    what: `The note wms/${SESSION} in the store cannot be read.`,
    why: 'A newer version of wms wrote it, or something else did.',
    next: 'Update wms-hooks: npm install --save-dev wms-hooks@latest',
  });
}
