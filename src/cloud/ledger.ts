import type { Machine } from '../ports/compute.js';
import { changeNote, type NoteTools, readNote } from './change-note.js';
import type { Session } from './session.js';

/** A machine that was launched, as the team's own books hold it: AWS Budgets is hours behind. */
export interface LedgerEntry extends Pick<Session, 'engine' | 'region' | 'size' | 'diskGb' | 'openedBy'> {
  readonly machine: string;
  readonly session: string;
  /** ISO dates. */
  readonly launchedAt: string;
  readonly deadline: string;
  /** Null until it is known: then it counts up to its deadline. */
  readonly endedAt: string | null;
}

interface Month {
  readonly version: 1;
  readonly entries: readonly LedgerEntry[];
}

/** `2026-11`, in UTC. */
const monthOf = (iso: string): string => iso.slice(0, 7);
const noteOf = (month: string): string => `cloud/ledger/${month}`;

/** Writes a machine into the month of its launch; again, with the deadline of now. */
export async function recordLaunch(tools: NoteTools, session: Session, machine: Machine): Promise<void> {
  const { engine, region, size, diskGb, openedBy, deadline } = session;
  const { id, launchedAt } = machine;
  const entry = { machine: id, session: session.id, engine, region, size, diskGb, openedBy, launchedAt };
  await changeNote<Month>(tools, noteOf(monthOf(launchedAt)), (current) => {
    const entries = current?.entries ?? [];
    const known = entries.find((each) => each.machine === id);
    if (known?.deadline === deadline) return current as Month;
    const others = entries.filter((each) => each !== known);
    return { version: 1, entries: [...others, { ...entry, deadline, endedAt: known?.endedAt ?? null }] };
  });
}

/** Writes when the machines of a session ended, where that is not known yet: not after their deadline. */
export async function recordEnd(tools: NoteTools, session: Session, at: Date): Promise<void> {
  for (const month of monthsUntil(at)) {
    if (!(await entriesOf(tools, month)).some((entry) => isOpen(entry, session))) continue;
    await changeNote<Month>(tools, noteOf(month), (current) => ({
      version: 1,
      entries: (current?.entries ?? []).map((entry) => {
        if (!isOpen(entry, session)) return entry;
        const end = Math.max(
          Math.min(at.getTime(), Date.parse(entry.deadline)),
          Date.parse(entry.launchedAt),
        );
        return { ...entry, endedAt: new Date(end).toISOString() };
      }),
    }));
  }
}

/** All that may have run in the month of `now`: no session is longer than a month. */
export async function readLedger(tools: Pick<NoteTools, 'notes'>, now: Date): Promise<LedgerEntry[]> {
  return (await Promise.all(monthsUntil(now).map((month) => entriesOf(tools, month)))).flat();
}

async function entriesOf(
  { notes }: Pick<NoteTools, 'notes'>,
  month: string,
): Promise<readonly LedgerEntry[]> {
  return (await readNote<Month>(notes, noteOf(month)))?.entries ?? [];
}

const isOpen = (entry: LedgerEntry, { id }: Session): boolean =>
  entry.session === id && entry.endedAt === null;

function monthsUntil(at: Date): string[] {
  const before = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - 1, 1));
  return [before, at].map((date) => monthOf(date.toISOString()));
}
