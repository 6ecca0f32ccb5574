import { isWmsError } from '../../errors.js';
import type { GitRepository, Oid } from '../../ports/git-repository.js';
import type { Timing } from '../../ports/timing.js';
import { keepsMoving, refused } from './errors.js';
import type { RegistryPlace } from './place.js';
import { fetchTip, reaching } from './remote.js';

const TRIES = 5;

/** Before try number `next`: growing and random, so that two that collided don't collide again. */
export function pauseBefore(next: number, timing: Timing): Promise<void> {
  return timing.sleep(timing.random() * 100 * 2 ** next);
}

export interface PushOnto {
  readonly git: GitRepository;
  readonly place: RegistryPlace;
  readonly timing: Timing;
  /** Name of a branch for a pull request, in the error that says that the remote forbids the push. */
  readonly topic: string;
  /** How things stand when the remote forbids the push, one sentence. */
  readonly meanwhile: string;
}

/**
 * Puts a commit on top of the remote's branch. `make` makes it for where the branch is now, again when the branch
 * moved before the push; null: nothing to do. Throws WmsError `registry/refused` (exit code 4), `registry/busy` (6),
 * `registry/unreachable` (4 or 5), and what `make` throws.
 */
export async function pushOnto(
  { git, place, timing, topic, meanwhile }: PushOnto,
  make: (tip: Oid) => Promise<Oid | null>,
): Promise<Oid | null> {
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    if (attempt > 1) await pauseBefore(attempt, timing);
    const tip = await fetchTip(git, place);
    const commit = await make(tip);
    if (commit === null) return null;
    const ref = `refs/heads/${place.branch}`;
    const outcome = await reaching(place.remote, () =>
      git.pushRef(place.remote, commit, ref, tip).catch((error: unknown) => {
        throw isWmsError(error, 'git/push-refused')
          ? refused(place, commit, { topic, meanwhile }, error)
          : error;
      }),
    );
    if (outcome === 'pushed') return commit;
  }
  throw keepsMoving(place, TRIES);
}
