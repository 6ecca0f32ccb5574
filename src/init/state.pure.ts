import type { Config } from '../config/schema.js';

export interface FileState {
  /** Null when it is not text. */
  readonly text: string | null;
  readonly executable: boolean;
}

/** Everything that a plan depends on, read once. */
export interface RepositoryState {
  readonly topLevel: string;
  readonly commonDir: string;
  /** What core.hooksPath names, absolute; null when it is not set. */
  readonly hooksPath: string | null;
  /** Git's settings that a plan may touch, as far as they are set. */
  readonly gitSettings: ReadonlyMap<string, string>;
  /** Where teammates find the package: `node_modules/wms-hooks`, or the same below a directory of the repository. */
  readonly packageDirectory: string;
  readonly packageInstalled: boolean;
  /** Files that a plan may touch or look at, by absolute path. */
  readonly files: ReadonlyMap<string, FileState>;
  readonly config: Config | null;
}
