import type { Behind } from './behind.js';
import type { CacheSize } from './cache-size.js';
import type { DatasetHere } from './dataset-here.js';
import type { LastPublish } from './last-publish.js';
import type { FileNews } from './news.pure.js';
import type { OpenSession } from './open-sessions.js';
import type { WaitingBranch } from './waiting.js';

export interface StatusFacts {
  readonly remote: string;
  /** The protected branch that all this is about. */
  readonly branch: string;
  /** Null: the remote answered. Otherwise why not; what is told about it is as of the last fetch or push. */
  readonly remoteSilent: string | null;
  /** Null: the dataset could not be read, so that nothing could be compared. */
  readonly news: FileNews | null;
  readonly waiting: readonly WaitingBranch[];
  readonly lastPublish: LastPublish;
  /** Null: there is none yet, or it could not be read. */
  readonly dataset: DatasetHere | null;
  readonly behind: Behind;
  readonly cache: CacheSize;
  /** Cloud sessions that are open. */
  readonly sessions: readonly OpenSession[];
  /** What could not be found out, and why. */
  readonly notes: readonly string[];
}

/** What `--json` prints. */
export interface Status extends StatusFacts {
  /** A command, or what to wait for. */
  readonly next: string;
}
