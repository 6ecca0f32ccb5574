import type { MergeDriver } from '../../config/merge-driver.pure.js';
import type { Config } from '../../config/schema.js';
import type { GitRepository } from '../../ports/git-repository.js';
import type { ObjectStore } from '../../ports/object-store.js';
import type { MergeWorktree } from '../../ports/stopped-merge.js';

/** What merging needs from the outside. */
export interface MergeTools {
  readonly git: GitRepository;
  readonly merging: MergeWorktree;
  readonly config: Config;
  readonly store: ObjectStore;
  readonly driver: MergeDriver;
}
