import type { Config } from '../../config/schema.js';
import type { Clock } from '../../ports/clock.js';
import type { GitRepository } from '../../ports/git-repository.js';
import type { ObjectId, ObjectStore } from '../../ports/object-store.js';
import type { Timing } from '../../ports/timing.js';
import { nameOf, type RegistryPlace } from './place.js';
import { fetchTip } from './remote.js';
import { type RegistryState, readState } from './state.js';

export interface GitRegistryTools {
  readonly git: GitRepository;
  readonly config: Config;
  /** Opened only where a model's bytes are needed. */
  readonly openStore: () => Promise<ObjectStore>;
  /** Keeps `wms data gc` away from objects that are about to be stored, or found there, and named only later. */
  readonly countOn: (ids: readonly ObjectId[]) => Promise<void>;
  readonly clock: Clock;
  readonly timing: Timing;
}

/** The tools, and the branch that they work on. */
export interface PlacedTools extends GitRegistryTools {
  readonly place: RegistryPlace;
}

/** What the remote's branch says now. */
export async function stateNow({ git, config, place }: PlacedTools): Promise<RegistryState> {
  return readState(git, await fetchTip(git, place), nameOf(place), config);
}
