import type { Session } from '../cloud/session.js';
import { requireOpen } from '../cloud/session-rules.pure.js';
import { span, when } from '../cloud/text.pure.js';
import { CONFIG_FILE } from '../config/schema.js';
import { EXIT, isWmsError, retold, WmsError } from '../errors.js';

const ON_RUNNER = `or train on the runner: "train": { "where": "runner" } in ${CONFIG_FILE}`;
/** A session that ends sooner is told with a warning. */
const SOON_MS = 60 * 60_000;

/** Throws WmsError `cloud/no-session` (exit code 2), with what opens one for the branch. */
export function requireSession(current: Session | null, now: Date, branch: string): Session {
  try {
    return requireOpen(current, now);
  } catch (error) {
    if (!isWmsError(error)) throw error;
    const goes = current?.state === 'closing' ? `The last one, ${current.id}, is being closed.` : error.why;
    throw retold(error, {
      what: 'Training runs on the machine of the cloud session (train.where), and none is open.',
      ...(goes && { why: goes }),
      next: `npx wms ci session ${branch}, ${ON_RUNNER}`,
    });
  }
}

/** How long the session lasts; `isSoon`: a training may take longer. */
export function deadlineText(
  { id, deadline }: Session,
  now: Date,
): { readonly text: string; readonly isSoon: boolean } {
  const text = `${id} · until ${when(deadline)} (${span(now, deadline)})`;
  const isSoon = new Date(deadline).getTime() - now.getTime() < SOON_MS;
  const more = '; what takes longer is lost, unless it is extended: npx wms-deploy --extend 1';
  return { text: isSoon ? text + more : text, isSoon };
}

export function connectionLost({ id, deadline }: Session, now: Date, why: string): WmsError {
  const isOver = now >= new Date(deadline);
  return new WmsError({
    kind: 'train/connection-lost',
    code: EXIT.network,
    what: `The connection to the machine of the session ${id} was lost while the command ran there.`,
    why: `${isOver ? `Its deadline was ${when(deadline)}. ` : ''}${why} The command was stopped, nothing of it is kept.`,
    next: isOver
      ? `A session that lasts longer (cloud.hours in ${CONFIG_FILE}), ${ON_RUNNER}`
      : 'npx wms cloud status tells whether the session still runs. Run the same command to train again.',
  });
}

/** Machines that earlier versions of this package have opened. */
export function takesNoCommands({ id }: Session, branch: string): WmsError {
  return new WmsError({
    kind: 'ci/session-takes-no-commands',
    code: EXIT.conflict,
    what: `The machine of the session ${id} takes no training commands.`,
    why: 'It was opened by a version of wms-hooks that could not do that yet.',
    next: `npx wms-stop, then: npx wms ci session ${branch}`,
  });
}

/** Paths of Windows mean nothing there. */
export function notOnWindows(): WmsError {
  return new WmsError({
    kind: 'ci/not-on-windows',
    code: EXIT.usage,
    what: 'Training on the machine of a session is not started from Windows.',
    next: `Start it from Linux or macOS (WSL is enough), ${ON_RUNNER}`,
  });
}
