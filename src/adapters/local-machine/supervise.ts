import { setTimeout as wait } from 'node:timers/promises';
import type { StoreNotes } from '../../ports/store-notes.js';
import type { Card } from './card.js';
import { answerLoopback } from './http.js';
import { Log } from './log.js';
import type { SupervisorParts } from './parts.js';
import { Programs } from './programs.js';
import { Report } from './report.js';
import { readWish, type State, type Wish } from './wishes.js';

const TICK_MS = 2000;
const MINUTE_MS = 60_000;
/** Lines of what failed. */
const FAILURE_LINES = 25;

/**
 * Is the machine: runs MLflow and the model API until the deadline, until nobody uses them, or until somebody ends it.
 * Another process that is it already has precedence.
 */
export async function supervise(parts: SupervisorParts): Promise<void> {
  const { card, place, notes, signal } = parts;
  const log = new Log(notes, card.notes.log);
  const report = new Report(notes, card);
  const programs = new Programs(parts, log);
  const ending = new AbortController();
  const end = (why: string) => ending.abort(new Error(why));
  signal.addEventListener('abort', () => end((signal.reason as Error).message));
  let { deadline } = card;

  const grant = (wish: Wish): State => {
    // Whoever puts it off may be overtaken by somebody who did so less far.
    if (wish.do === 'extend' && Date.parse(wish.to) > Date.parse(deadline)) deadline = wish.to;
    if (wish.do === 'dump') void report.tell({ dump: { at: wish.at, key: parts.mlflowDirectory } });
    if (wish.do === 'end') end('somebody ended it');
    return { machine: card.id, deadline, urls: programs.urls };
  };
  const { port, server } = await answerLoopback((body) => {
    const wish = readWish(body, card);
    return wish === null ? null : grant(wish);
  });
  try {
    if (!(await place.begin({ pid: process.pid, port }))) return;
    log.add(`${new Date().toISOString()} The session ${card.session} begins, until ${deadline}`);
    void run(programs, report, log, ending.signal);
    while (!ending.signal.aborted) {
      const why = await whyToEnd(parts, programs, deadline);
      if (why !== null) end(why);
      else await log.write();
      await wait(TICK_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
    log.add(`${new Date().toISOString()} It ends: ${(ending.signal.reason as Error).message}`);
    await place.markEnd().catch(() => undefined);
    await programs.stop();
    // In a clone that was removed, nothing appears again.
    if (await place.hasEndMark()) await log.write();
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function run(programs: Programs, report: Report, log: Log, ended: AbortSignal): Promise<void> {
  try {
    await report.tell({ stage: 'booted' });
    await report.tell({ stage: 'mlflow-ready', ...(await programs.startMlflow()) });
    await report.tell({ stage: 'ready', ...(await programs.startApi()) });
  } catch (error) {
    if (ended.aborted) return;
    log.add(String(error));
    await report.tell({ stage: 'failed', failure: log.last(FAILURE_LINES) });
  }
}

async function whyToEnd(
  { card, place, notes }: SupervisorParts,
  programs: Programs,
  deadline: string,
): Promise<string | null> {
  // Also when the computer slept past it.
  if (Date.now() >= Date.parse(deadline)) return `the deadline was ${deadline}`;
  // Somebody who cannot reach this process ended it, or the clone is gone.
  if ((await place.hasEndMark()) || (await place.life().catch(() => null)) === null) return 'it was given up';
  if (performance.now() - programs.usedAt() < card.idleMinutes * MINUTE_MS) return null;
  if (!(await isLeased(notes, card))) return `nobody used it for ${card.idleMinutes} minutes`;
  programs.use();
  return null;
}

/** Also when that cannot be known: then the deadline ends it. */
async function isLeased(notes: StoreNotes, card: Card): Promise<boolean> {
  try {
    const session = JSON.parse(String(await notes.read(card.notes.session))) as {
      leases: readonly { until: string }[];
    };
    return session.leases.some(({ until }) => Date.parse(until) > Date.now());
  } catch {
    return true;
  }
}
