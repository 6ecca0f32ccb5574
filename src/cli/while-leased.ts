import { holdLease } from '../cloud/hold-lease.js';
import { readSession } from '../cloud/session.js';
import type { CloudTools } from '../cloud/tools.js';
import { openNobody } from '../compose.js';
import { openAllCloudTools } from '../compose-cloud.js';
import type { Config } from '../config/schema.js';
import { isWmsError, WmsError } from '../errors.js';
import type { GitRepository } from '../ports/git-repository.js';
import { whoIs } from './cloud-tools.js';

/**
 * Does `work` while a lease keeps the open session from being stopped; without a session, `work` alone. A lease that
 * cannot be had, or is lost, is told and ends nothing.
 */
export async function whileLeased<T>(
  git: GitRepository,
  config: Config,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const tools = await openSession(git, config);
  if (tools === null) return work();
  let hasBegun = false;
  try {
    return await holdLease(tools, { who: await whoIs(git), what }, (lost) => {
      hasBegun = true;
      lost.addEventListener('abort', () => tellLost(lost.reason), { once: true });
      return work();
    });
  } catch (error) {
    // Somebody stopped it in this moment.
    if (!hasBegun && isWmsError(error)) return work();
    throw error;
  }
}

async function openSession(git: GitRepository, config: Config): Promise<CloudTools | null> {
  try {
    const all = await openAllCloudTools(git, config, { engine: null, region: null }, openNobody());
    return await findOpen(all);
  } catch (error) {
    if (isWmsError(error)) return null;
    throw error;
  }
}

/** Those whose session can be used now; null: none can. */
export async function findOpen(all: readonly CloudTools[]): Promise<CloudTools | null> {
  for (const tools of all) {
    const session = await readSession(tools.notes);
    if (session?.state === 'open' && tools.clock.now() < new Date(session.deadline)) return tools;
  }
  return null;
}

/** What runs goes on: what it has done so far must not be lost for this. */
export function tellLost(reason: unknown): void {
  const why = reason instanceof WmsError ? [reason.message, reason.why].filter(Boolean).join(' ') : '';
  process.stderr.write(`\nThe lease of the cloud session is lost; the command goes on. ${why}\n`);
}
