import { EXIT, WmsError } from '../../errors.js';
import type { Compute } from '../../ports/compute.js';
import type { Reporter } from '../../ports/reporter.js';
import { count } from '../../words.js';
import { reportNote } from '../machine/notes.js';
import { type MachineReport, readReport, STAGES } from '../machine/report.pure.js';
import type { OpenMachine } from '../open-machine.js';
import { paceOf } from '../pace.js';
import type { CloudTools } from '../tools.js';

const POLL_MS = 5000;
const MINUTE_MS = 60_000;

/** What a new machine does one after the other, and the longest time that each may take. */
const WAITS = [
  { stage: 'booted', title: 'Boot', what: 'the machine to start', minutes: 5, part: null },
  { stage: 'mlflow-ready', title: 'MLflow', what: 'MLflow and its database', minutes: 10, part: 'mlflow' },
  { stage: 'ready', title: 'Model API', what: 'the Production model to answer', minutes: 10, part: 'api' },
] as const;

type Wait = (typeof WAITS)[number];

/**
 * Waits until the session's machine has said that it is ready. Each step tells what it waits for and how long that may
 * take. Throws WmsErrors `cloud/machine-failed` and `cloud/not-ready` (exit code 5), `cloud/ended` (6).
 */
export async function waitUntilReady(
  tools: CloudTools,
  reporter: Reporter,
  { session, machine }: OpenMachine,
): Promise<void> {
  const compute = await tools.openCompute(session);
  const steps = WAITS.map((wait) => ({ wait, report: reporter.step(wait.title) }));
  for (const { wait, report } of steps) {
    const begin = tools.timing.now();
    try {
      const { told, isServing } = await waitFor(tools, compute, { session, machine }, wait, (ms) => {
        const limit = count(wait.minutes, 'minute');
        report.progress(`waiting for ${wait.what} · ${inMinutes(ms)} of at most ${limit}`);
      });
      const text = wait.part === null ? undefined : told?.[wait.part];
      const took = inMinutes(tools.timing.now() - begin);
      if (text === undefined) report.done(took);
      else if (wait.part === 'api' && isServing) report.done(`${text} · ${took}`);
      else report.warned(text);
    } catch (error) {
      report.failed('');
      throw error;
    }
  }
}

async function waitFor(
  { notes, timing }: CloudTools,
  compute: Compute,
  { session, machine }: OpenMachine,
  wait: Wait,
  progress: (ms: number) => void,
): Promise<MachineReport> {
  const { pollMs, looks } = paceOf(compute, POLL_MS);
  const begin = timing.now();
  for (let missing = 0; ; ) {
    const report = readReport(await notes.read(reportNote(session)), session.id);
    if (report?.stage === 'failed') throw failed(session.id, report);
    if (report !== null && STAGES.indexOf(report.stage) >= STAGES.indexOf(wait.stage)) return report;
    const isThere = (await compute.find(session.id)).some(({ id }) => id === machine.id);
    missing = isThere ? 0 : missing + 1;
    if (missing === looks) throw gone(session.id, machine.id);
    const waited = timing.now() - begin;
    if (waited >= wait.minutes * MINUTE_MS) throw notReady(session.id, wait);
    progress(waited);
    await timing.sleep(pollMs);
  }
}

/** `0:42` */
function inMinutes(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function failed(session: string, { failure }: MachineReport): WmsError {
  return new WmsError({
    kind: 'cloud/machine-failed',
    code: EXIT.network,
    what: `The machine of the session ${session} could not be set up.`,
    ...(failure === undefined ? {} : { why: failure }),
    next: 'npx wms-stop, then: npx wms-deploy',
  });
}

function notReady(session: string, { what, minutes }: Wait): WmsError {
  return new WmsError({
    kind: 'cloud/not-ready',
    code: EXIT.network,
    what: `The session ${session} is not ready.`,
    why: `Waited ${minutes} minutes for ${what}. The machine runs, and costs.`,
    next: 'npx wms-deploy waits again, npx wms-stop ends it.',
  });
}

function gone(session: string, machine: string): WmsError {
  return new WmsError({
    kind: 'cloud/ended',
    code: EXIT.conflict,
    what: `The machine ${machine} of the session ${session} has ended before it was ready.`,
    why: 'Somebody ended it, or its deadline has come.',
    next: 'npx wms-stop, then: npx wms-deploy',
  });
}
