import type { CacheSettings } from '../config/dvc-cache.js';
import type { Config } from '../config/schema.js';
import type { Clock } from '../ports/clock.js';
import type { GitRepository } from '../ports/git-repository.js';
import type { ObjectStore } from '../ports/object-store.js';
import type { StoreNotes } from '../ports/store-notes.js';

/** What status needs from the outside. */
export interface StatusTools {
  readonly git: GitRepository;
  readonly config: Config;
  readonly cache: CacheSettings;
  /** Asked for manifests that the cache lacks. */
  openStore(): Promise<ObjectStore>;
  /** Where sessions are noted: the team's, and those of this clone. */
  openSessionNotes(): Promise<readonly StoreNotes[]>;
  readonly clock: Clock;
}
