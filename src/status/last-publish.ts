import { join } from 'node:path';
import { holderOf } from '../clone/lock.js';
import { stateDirectory } from '../clone/state.js';
import { lastJournal } from '../publish/journal.js';
import { type PublishOutcome, readOutcome } from '../publish/outcome.js';
import { outcomeFile } from '../publish/record.js';

export interface LastPublish {
  /** Null: there was none in this clone. */
  readonly outcome: PublishOutcome | null;
  /** A later one that was killed before its end. */
  readonly interrupted: { readonly startedAt: string; readonly storedObjects: number } | null;
  /** Process that publishes or syncs right now. */
  readonly runningProcess: number | null;
}

export async function lastPublish(commonDir: string): Promise<LastPublish> {
  const state = stateDirectory(commonDir);
  const [recorded, journal, runningProcess] = await Promise.all([
    readOutcome(outcomeFile(commonDir)),
    lastJournal(join(state, 'journal')),
    holderOf(join(state, 'lock')),
  ]);
  // Whatever ends by itself writes its outcome last.
  const hasEnded = journal === null || (recorded !== null && recorded.writtenAt >= journal.touchedAt);
  const interrupted =
    hasEnded || runningProcess !== null
      ? null
      : { startedAt: journal.startedAt, storedObjects: journal.stored };
  return { outcome: recorded?.outcome ?? null, interrupted, runningProcess };
}
