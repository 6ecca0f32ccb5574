import type { Config } from '../../config/schema.js';
import type { Clock } from '../../ports/clock.js';
import type { GitRepository } from '../../ports/git-repository.js';
import type { ObjectStore } from '../../ports/object-store.js';
import type { Reporter } from '../../ports/reporter.js';

/** What syncing needs from the outside. */
export interface SyncTools {
  readonly git: GitRepository;
  readonly config: Config;
  /** Opened only when there are raw files to prove. */
  readonly openStore: () => Promise<ObjectStore>;
  readonly reporter: Reporter;
  readonly clock: Clock;
}
