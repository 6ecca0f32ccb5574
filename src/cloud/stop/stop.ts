import { EXIT, WmsError } from '../../errors.js';
import type { Machine } from '../../ports/compute.js';
import type { Prompter } from '../../ports/prompter.js';
import type { Reporter } from '../../ports/reporter.js';
import { count } from '../../words.js';
import { type CloseOptions, closeSession, type Left } from '../close-session.js';
import { costBetween, hourlyCost } from '../cost.pure.js';
import { sessionRows } from '../describe-session.pure.js';
import { sessionFacts } from '../facts.js';
import { recordEnd, recordLaunch } from '../ledger.js';
import { reportNote } from '../machine/notes.js';
import { readReport } from '../machine/report.pure.js';
import { machineOf } from '../machine-of.pure.js';
import { notAsked } from '../not-asked.js';
import { readSession, type Session } from '../session.js';
import { closing } from '../session-rules.pure.js';
import { telling } from '../telling.js';
import type { CloudTools } from '../tools.js';
import { saveRegistry } from './save-registry.js';

export interface StopTools extends CloudTools {
  readonly reporter: Reporter;
  readonly prompter: Prompter;
}

export interface StopOptions {
  /** Nobody is asked. */
  readonly yes: boolean;
  /** Id of the session to end while somebody uses it; true: the person is asked for it. */
  readonly force: string | boolean;
  /** What was registered since the last dump may be lost. */
  readonly discard: boolean;
}

export interface Stopped {
  /** Null: there was none. */
  readonly session: string | null;
  readonly machine: Pick<Machine, 'id' | 'launchedAt'> | null;
  /** Where the registry was saved last; null: nothing had to be saved now. */
  readonly dump: string | null;
  /** USD at list price; null where that is not known, or nothing ran. */
  readonly cost: number | null;
  readonly left: readonly Left[];
}

/**
 * Ends the team's session: its registry is saved, its machine ended, and everything removed that any session has left.
 * Null: the person said no. Already gone is success. Killed at any moment and run again, it goes on. Throws WmsErrors
 * `cloud/in-use` (exit code 12), `cloud/not-saved` (5), `cloud/not-asked`, `cloud/wrong-session` (2).
 */
export async function stop(tools: StopTools, options: StopOptions): Promise<Stopped | null> {
  const { notes, clock } = tools;
  const session = await readSession(notes);
  const isOpen = session !== null && session.state !== 'closed';
  const machine = isOpen
    ? machineOf(session, await (await tools.openCompute(session)).find(session.id))
    : null;
  if (isOpen) {
    tools.reporter.note(
      [...sessionRows(sessionFacts(session, machine, clock.now()), clock.now()), ''].join('\n'),
    );
    // Before anybody is asked: whether it may end at all.
    const isForced = await forced(tools, session, options.force);
    closing(session, clock.now(), isForced);
    if (!isForced && !(await agreed(tools, options))) return null;
    if (machine !== null) await recordLaunch(tools, session, machine);
  }
  return close(tools, options, isOpen ? session : null, machine);
}

async function close(
  tools: StopTools,
  { force, discard }: StopOptions,
  session: Session | null,
  machine: Machine | null,
): Promise<Stopped> {
  const { reporter, clock } = tools;
  let dump: string | null = null;
  const saving = session === null ? null : reporter.step('Registry');
  const cleaning = reporter.step('Clean-up');
  try {
    const how: CloseOptions = {
      force: force !== false,
      save: async (closed, each) => {
        if (discard || !(await hasRegistry(tools, closed))) return;
        dump = await saveRegistry(tools, closed, each, saving ?? cleaning);
      },
      progress: (many) => {
        if (many > 0) cleaning.progress(`${count(many, 'thing')} to remove · at most 6 minutes`);
      },
    };
    const { left } = await telling(tools, cleaning, () => closeSession(tools, how));
    if (dump !== null) saving?.done(dump);
    else saving?.skipped(discard ? 'not saved, as you wished' : 'nothing to save');
    if (session !== null && left.length === 0) await recordEnd(tools, session, clock.now());
    if (left.length === 0) cleaning.done('nothing is left');
    else cleaning.failed(`${count(left.length, 'thing')} could not be removed`);
    const cost = session && machine && hourlyCost(session);
    return {
      session: session?.id ?? null,
      machine: machine && { id: machine.id, launchedAt: machine.launchedAt },
      dump,
      cost: cost && machine && costBetween(cost, machine.launchedAt, clock.now()),
      left,
    };
  } catch (error) {
    if (dump === null) saving?.failed('');
    cleaning.failed('');
    throw error;
  }
}

/** A machine that never got so far has nothing that could be lost. */
async function hasRegistry({ notes }: StopTools, session: Session): Promise<boolean> {
  const report = readReport(await notes.read(reportNote(session)), session.id);
  if (report === null || report.stage === 'booted' || report.told?.mlflow !== undefined) return false;
  return report.stage !== 'failed' || report.dump !== undefined;
}

async function forced(tools: StopTools, session: Session, force: StopOptions['force']): Promise<boolean> {
  if (force === false) return false;
  const { reporter, prompter } = tools;
  if (force === true && !prompter.available)
    throw notAsked('session may end', `npx wms-stop --force ${session.id}`);
  const question = `Somebody may lose what runs there. Type ${session.id} to end it`;
  const typed = force === true ? await reporter.pausedFor(() => prompter.input(question)) : force;
  if (typed.trim() === session.id) return true;
  throw new WmsError({
    kind: 'cloud/wrong-session',
    code: EXIT.usage,
    what: `${JSON.stringify(typed.trim())} is not the session that is open.`,
    why: `That is ${session.id}.`,
    next: `npx wms-stop --force ${session.id}`,
  });
}

async function agreed({ reporter, prompter }: StopTools, { yes }: StopOptions): Promise<boolean> {
  if (yes) return true;
  if (prompter.available) return reporter.pausedFor(() => prompter.confirm('Stop it?', true));
  throw notAsked('session may end', 'npx wms-stop --yes');
}
