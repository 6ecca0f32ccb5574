import { changeSession, type Session } from './session.js';
import { extended } from './session-rules.pure.js';
import type { CloudTools } from './tools.js';

/**
 * Moves the deadline of the open session, in its note and then on its machine. Killed in between and run again, it goes
 * on. Throws WmsErrors `cloud/no-session` and `cloud/earlier-deadline` (exit code 2).
 */
export async function extendSession(tools: CloudTools, deadline: Date): Promise<Session> {
  const session = await changeSession(tools, (now) => extended(now, deadline, tools.clock.now()));
  const compute = await tools.openCompute(session);
  for (const { id } of await compute.find(session.id)) await compute.extend(id, session.deadline);
  return session;
}
