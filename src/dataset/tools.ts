import type { CacheSettings } from '../config/dvc-cache.js';
import type { Config } from '../config/schema.js';
import type { GitRepository } from '../ports/git-repository.js';
import type { ObjectStore } from '../ports/object-store.js';
import type { Reporter } from '../ports/reporter.js';

/** What commands on the dataset need from the outside. */
export interface DatasetTools {
  readonly git: GitRepository;
  readonly config: Config;
  readonly store: ObjectStore;
  readonly cache: CacheSettings;
  readonly reporter: Reporter;
}
