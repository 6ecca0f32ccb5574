import type { MergeDriver } from '../../config/merge-driver.pure.js';
import type { Config } from '../../config/schema.js';
import type { GitRepository } from '../../ports/git-repository.js';
import type { ObjectStore } from '../../ports/object-store.js';
import type { MergeWorktree } from '../../ports/stopped-merge.js';
import type { StoreNotes } from '../../ports/store-notes.js';

/** Where merged manifests go. */
export interface MergeStore {
  readonly store: ObjectStore;
  readonly notes: StoreNotes;
}

/** What merging needs from the outside. */
export interface MergeTools extends MergeStore {
  readonly git: GitRepository;
  readonly merging: MergeWorktree;
  readonly config: Config;
  readonly driver: MergeDriver;
}
