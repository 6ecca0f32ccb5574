import { EXIT, WmsError } from '../../errors.js';
import type { Machine } from '../../ports/compute.js';
import type { StepReport } from '../../ports/reporter.js';
import { reportNote } from '../machine/notes.js';
import { readReport } from '../machine/report.pure.js';
import { paceOf } from '../pace.js';
import type { Session } from '../session.js';
import type { CloudTools } from '../tools.js';

const POLL_MS = 3000;
/** The machine looks once a minute whether somebody wants a dump. */
const LONGEST_MS = 5 * 60_000;

/**
 * Has the session's machine save its registry to the store, and waits until that is done. Answers where it is (a key in
 * the bucket); null when the machine ends meanwhile, which it does not without saving it. Throws WmsError `cloud/not-saved` (exit code 5), and nothing is ended then.
 */
export async function saveRegistry(
  tools: CloudTools,
  session: Session,
  machine: Machine,
  report: StepReport,
): Promise<string | null> {
  const { notes, timing, clock } = tools;
  const compute = await tools.openCompute(session);
  // The machine's clock counts whole seconds.
  const wantedAt = `${clock.now().toISOString().slice(0, 19)}Z`;
  await compute.wantDump(machine.id, wantedAt);
  const { pollMs, looks } = paceOf(compute, POLL_MS);
  let missing = 0;
  for (const begin = timing.now(); timing.now() - begin < LONGEST_MS; await timing.sleep(pollMs)) {
    const dump = readReport(await notes.read(reportNote(session)), session.id)?.dump;
    if (dump !== undefined && Date.parse(dump.at) >= Date.parse(wantedAt)) {
      if (dump.key !== undefined) return dump.key;
      throw notSaved(session, dump.failure ?? 'The machine does not say why.');
    }
    const isThere = (await compute.find(session.id)).some(({ id }) => id === machine.id);
    missing = isThere ? 0 : missing + 1;
    if (missing === looks) return null;
    report.progress('waiting for the machine to save the registry · at most 5 minutes');
  }
  throw notSaved(session, 'The machine did not answer within 5 minutes.');
}

function notSaved({ id }: Session, why: string): WmsError {
  return new WmsError({
    kind: 'cloud/not-saved',
    code: EXIT.network,
    what: `The registry of the session ${id} could not be saved, so the session goes on.`,
    why,
    next: 'Try again: npx wms-stop. To lose what was registered since the last dump: npx wms-stop --discard',
  });
}
