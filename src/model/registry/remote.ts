import { fetchRefTip } from '../../commits/fetch-ref-tip.js';
import { isWmsError } from '../../errors.js';
import type { GitRepository, Oid } from '../../ports/git-repository.js';
import { noBranch, unreachable } from './errors.js';
import type { RegistryPlace } from './place.js';

/**
 * Commit that the remote's branch is at now, fetched. Throws WmsError `registry/unreachable` (exit code 4 or 5) and
 * `registry/no-branch` (5).
 */
export async function fetchTip(git: GitRepository, place: RegistryPlace): Promise<Oid> {
  const ref = `refs/heads/${place.branch}`;
  const tip = await reaching(place.remote, () => fetchRefTip(git, place.remote, ref));
  if (tip === null) throw noBranch(place);
  return tip;
}

/** Says of what Git answers that the registry cannot be reached. */
export async function reaching<T>(remote: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw isWmsError(error, 'git/failed') ? unreachable(remote, error) : error;
  }
}
