import type { Role } from '../../config/schema.js';
import type { ManifestEntry } from '../../dataset/manifest.js';
import type { DatasetManifests } from '../../dataset/merge-plan.js';

/** Where the pairs come from: a version of the dataset, or a directory. */
export interface DataSource {
  readonly facts: DataFacts;
  readonly files: DatasetManifests;
  /** Bytes of one file, MD5 checked. Throws WmsError that names it. */
  read(role: Role, entry: ManifestEntry, signal: AbortSignal): Promise<Buffer>;
}

/** As the records of a run tell it. */
export interface DataFacts {
  /** For people: a revision, or a directory. */
  readonly from: string;
  /** Commit whose pointers name the files; null for a directory. */
  readonly commit: string | null;
  /** MD5 of all names and MD5s. */
  readonly content: string;
}
