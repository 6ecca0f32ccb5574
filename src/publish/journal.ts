import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { placeContent } from '../clone/place-file.js';
import type { ObjectId } from '../ports/object-store.js';

const KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

/** What one publish is about: the same again is the same publish, resumed. */
export interface JournalKey {
  readonly url: string;
  readonly branch: string;
  /** The pushed commit, or a digest of the working-tree files or of the edit. */
  readonly content: string;
  readonly store: string;
  readonly directories: readonly string[];
}

interface Entries {
  readonly base: string | null;
  readonly startedAt: string;
  readonly stored: Set<ObjectId>;
  pushing: PushIntent | null;
}

/** A data branch that was about to be pushed. Whether it got there, only the remote can tell. */
export interface PushIntent {
  readonly branch: string;
  readonly commit: string;
}

/**
 * Memory of a publish that may be killed at any moment: an append-only file of JSON lines. A line that was torn by the
 * kill is ignored. An object is written down after the store has confirmed it, a push before it begins.
 */
export class Journal {
  #waiting = '';
  #last: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  private constructor(
    private readonly file: FileHandle,
    private readonly entries: Entries,
  ) {}

  /**
   * Opens the journal of `key`. One that started from another `base`, or has stored nothing, starts afresh: its date,
   * and so its branch, belong to a dataset that has changed since. What it stored stays stored.
   */
  static async open(directory: string, key: JournalKey, base: string | null, now: Date): Promise<Journal> {
    await mkdir(directory, { recursive: true });
    await dropOld(directory, now);
    const name = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32);
    const path = join(directory, `${name}.jsonl`);
    let entries = await read(path);
    if (entries === null || entries.base !== base || entries.stored.size === 0) {
      const stored = entries?.stored ?? new Set<ObjectId>();
      entries = { base, startedAt: now.toISOString(), stored, pushing: entries?.pushing ?? null };
      await placeContent(path, render(entries));
    }
    return new Journal(await open(path, 'a'), entries);
  }

  /** When the publish began. Its commits carry this date, so that a resumed publish makes the same ones. */
  get startedAt(): Date {
    return new Date(this.entries.startedAt);
  }

  /** Objects that the store has confirmed. */
  get stored(): ReadonlySet<ObjectId> {
    return this.entries.stored;
  }

  get pushing(): PushIntent | null {
    return this.entries.pushing;
  }

  async recordStored(id: ObjectId): Promise<void> {
    this.entries.stored.add(id);
    await this.#append({ stored: id });
  }

  async recordPushing(pushing: PushIntent): Promise<void> {
    this.entries.pushing = pushing;
    await this.#append({ pushing });
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  /** Lines that come while others are being written go together, after them. */
  #append(line: object): Promise<void> {
    // The newline in front ends a line that a kill tore.
    this.#waiting += `\n${JSON.stringify(line)}\n`;
    this.#next ??= this.#last.then(() => {
      const lines = this.#waiting;
      this.#waiting = '';
      this.#next = undefined;
      this.#last = this.file.appendFile(lines);
      return this.#last;
    });
    return this.#next;
  }
}

/** What was remembered last in a directory of journals. */
export interface LastJournal {
  readonly startedAt: string;
  readonly touchedAt: Date;
  /** Objects that the store has confirmed. */
  readonly stored: number;
}

/** Null: there is none that can be read. */
export async function lastJournal(directory: string): Promise<LastJournal | null> {
  let last: { path: string; touchedAt: Date } | null = null;
  for (const name of await readdir(directory).catch(() => [])) {
    const path = join(directory, name);
    const touchedAt = (await stat(path).catch(() => null))?.mtime;
    if (touchedAt !== undefined && (last === null || touchedAt > last.touchedAt)) last = { path, touchedAt };
  }
  const entries = last === null ? null : await read(last.path);
  if (last === null || entries === null) return null;
  return { startedAt: entries.startedAt, touchedAt: last.touchedAt, stored: entries.stored.size };
}

function render({ base, startedAt, stored, pushing }: Entries): string {
  const lines: Line[] = [{ base, startedAt }, ...[...stored].map((id) => ({ stored: id }))];
  if (pushing !== null) lines.push({ pushing });
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

async function read(path: string): Promise<Entries | null> {
  const text = await readFile(path, 'utf8').catch(() => '');
  let entries: Entries | null = null;
  for (const line of text.split('\n')) {
    const said = parse(line);
    if (said.startedAt !== undefined) {
      entries = { base: said.base ?? null, startedAt: said.startedAt, stored: new Set(), pushing: null };
    }
    if (entries === null) continue;
    if (said.stored !== undefined) entries.stored.add(said.stored);
    if (said.pushing !== undefined) entries.pushing = said.pushing;
  }
  return entries;
}

interface Line {
  base?: string | null;
  startedAt?: string;
  stored?: ObjectId;
  pushing?: PushIntent;
}

function parse(line: string): Line {
  try {
    const said: unknown = JSON.parse(line);
    return typeof said === 'object' && said !== null ? said : {};
  } catch {
    return {};
  }
}

async function dropOld(directory: string, now: Date): Promise<void> {
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && now.getTime() - found.mtimeMs > KEPT_DAYS * DAY_MS) await rm(path, { force: true });
  }
}
