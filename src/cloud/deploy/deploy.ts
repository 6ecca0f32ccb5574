import { EXIT, WmsError } from '../../errors.js';
import type { Prompter } from '../../ports/prompter.js';
import type { Reporter } from '../../ports/reporter.js';
import { costOfMonth } from '../cost.pure.js';
import { extendSession } from '../extend-session.js';
import { type SessionFacts, sessionFacts } from '../facts.js';
import { readLedger, recordLaunch } from '../ledger.js';
import { notAsked } from '../not-asked.js';
import { type OpenMachine, openMachine } from '../open-machine.js';
import { readSession, type SessionModel } from '../session.js';
import { extended, type NewSession } from '../session-rules.pure.js';
import { telling } from '../telling.js';
import { budgetText, span } from '../text.pure.js';
import type { CloudTools } from '../tools.js';
import { describeOffer } from './offer.pure.js';
import { showPlan } from './plan.js';
import { findRunning } from './running.js';
import { waitUntilReady } from './wait-ready.js';

const HOUR_MS = 3_600_000;
/** Also what the settings allow. */
const MOST_HOURS = 72;

export interface DeployTools extends CloudTools {
  readonly reporter: Reporter;
  readonly prompter: Prompter;
}

export interface DeployOptions {
  readonly wanted: Omit<NewSession, 'deadline' | 'model'>;
  /** Finds what the model API of a new session serves; null: that is found on its machine. */
  readonly model: (() => Promise<SessionModel | null>) | null;
  /** How long a new session lasts. */
  readonly hours: number;
  /** Hours by which the open one lasts longer; null: it stays as it is. */
  readonly extend: number | null;
  /** Nobody is asked. */
  readonly yes: boolean;
  /** USD per month. */
  readonly budget: number | undefined;
}

/**
 * Opens the team's session, or joins the one that is open, and waits until it is ready. Null: the person said no. Killed
 * at any moment and run again, it goes on with the same session. Throws as `openMachine`, `waitUntilReady`,
 * `extendSession` do; `cloud/not-asked` and `cloud/too-long` (exit code 2).
 */
export async function deploy(tools: DeployTools, options: DeployOptions): Promise<SessionFacts | null> {
  const running = await findRunning(tools);
  if (options.extend !== null) return extend(tools, options, options.extend, running);
  if (running !== null) tellRunning(tools, running);
  const open = running ?? (await openNew(tools, options));
  if (open === null) return null;
  await recordLaunch(tools, open.session, open.machine);
  await waitUntilReady(tools, tools.reporter, open);
  return factsOf(tools, open);
}

function tellRunning({ reporter, clock }: DeployTools, { session, machine }: OpenMachine): void {
  const since = span(machine.launchedAt, clock.now());
  reporter.step('Machine').done(`${machine.id} · runs for ${since}, opened by ${session.openedBy}`);
}

async function openNew(tools: DeployTools, options: DeployOptions): Promise<OpenMachine | null> {
  const { clock, reporter } = tools;
  const deadline = new Date(clock.now().getTime() + options.hours * HOUR_MS).toISOString();
  const current = await readSession(tools.notes);
  // Somebody was interrupted: it is gone on with, as it was announced.
  const offered = current?.state === 'open' ? current : { ...options.wanted, deadline };
  const complete = async (): Promise<NewSession> => ({
    ...offered,
    model: current?.state === 'open' ? current.model : await findModel(tools, options),
  });
  // Nobody reads it where nobody is asked.
  const isAsked = !options.yes && tools.prompter.available;
  const planned = isAsked ? await showPlan(tools, reporter, offered, complete) : null;
  if (!(await agreed(tools, options, describeOffer(offered, clock.now()), 'Open this session?'))) return null;
  const wanted = planned ?? (await complete());
  const step = reporter.step('Machine');
  try {
    const opened = await telling(tools, step, () => openMachine(tools, wanted));
    const { id, address } = opened.machine;
    step.done([id, address].filter(Boolean).join(' · '));
    return opened;
  } catch (error) {
    step.failed('');
    throw error;
  }
}

/** What the machine will serve is told before there is one that costs. */
async function findModel({ reporter }: DeployTools, { model }: DeployOptions): Promise<SessionModel | null> {
  if (model === null) return null;
  const step = reporter.step('Production');
  try {
    const found = await model();
    if (found === null) step.skipped('no Production model yet');
    else step.done(found.version);
    return found;
  } catch (error) {
    step.failed('');
    throw error;
  }
}

async function extend(
  tools: DeployTools,
  options: DeployOptions,
  hours: number,
  running: OpenMachine | null,
): Promise<SessionFacts | null> {
  const now = tools.clock.now();
  // Without one, this says so.
  const session = running?.session ?? extended(null, now, now);
  const deadline = new Date(Date.parse(session.deadline) + hours * HOUR_MS);
  if (deadline.getTime() > now.getTime() + MOST_HOURS * HOUR_MS) throw tooLong(deadline);
  const offered = { ...session, deadline: deadline.toISOString() };
  if (!(await agreed(tools, options, describeOffer(offered, now), 'Extend it?'))) return null;
  await extendSession(tools, deadline);
  const open = await findRunning(tools);
  if (open === null) return null;
  await recordLaunch(tools, open.session, open.machine);
  return factsOf(tools, open);
}

async function agreed(
  tools: DeployTools,
  { yes, budget }: DeployOptions,
  offer: readonly string[],
  question: string,
): Promise<boolean> {
  const { reporter, prompter, clock } = tools;
  const now = clock.now();
  const spent = budgetText(costOfMonth(await readLedger(tools, now), now), budget);
  const told = spent === null ? [] : [`  ${spent.isLow ? 'Careful' : 'Spent'}: ${spent.text}.`];
  reporter.note([...offer, ...told, ''].join('\n'));
  const isFree = tools.place.engine === 'local';
  if (yes || isFree) return true;
  if (prompter.available) return reporter.pausedFor(() => prompter.confirm(question, true));
  throw notAsked('may cost what it costs', 'npx wms-deploy --yes');
}

/** Also what others changed meanwhile. */
async function factsOf(tools: DeployTools, { session, machine }: OpenMachine): Promise<SessionFacts> {
  const current = await readSession(tools.notes);
  const compute = await tools.openCompute(session);
  const found = (await compute.find(session.id)).find(({ id }) => id === machine.id);
  return sessionFacts(current?.id === session.id ? current : session, found ?? machine, tools.clock.now());
}

function tooLong(deadline: Date): WmsError {
  return new WmsError({
    kind: 'cloud/too-long',
    code: EXIT.usage,
    what: `A session cannot last until ${deadline.toISOString()}.`,
    why: `At most ${MOST_HOURS} hours from now.`,
    next: 'npx wms-deploy --extend 2',
  });
}
