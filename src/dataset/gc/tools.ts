import type { ObjectStore } from '../../ports/object-store.js';
import type { Prompter } from '../../ports/prompter.js';
import type { Reporter } from '../../ports/reporter.js';
import type { StoreCleaner } from '../../ports/store-cleaner.js';
import type { StoreNotes } from '../../ports/store-notes.js';
import type { ObjectCache } from '../cache/cache.js';
import type { CountedClone } from './roots.js';

/** What gc needs from the outside. */
export interface GcTools {
  readonly clones: readonly CountedClone[];
  readonly store: ObjectStore;
  readonly notes: StoreNotes;
  readonly cleaner: StoreCleaner;
  /** Where copies of manifests may be, besides the store. */
  readonly caches: readonly ObjectCache[];
  readonly reporter: Reporter;
  readonly prompter: Prompter;
}
