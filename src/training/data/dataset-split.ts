import { join } from 'node:path';
import { stateDirectory } from '../../clone/state.js';
import type { GitRepository } from '../../ports/git-repository.js';
import type { StepReport } from '../../ports/reporter.js';
import type { Ratios } from '../split/home.pure.js';
import type { TrainingPair } from '../split/pair.js';
import { type Split, splitPairs } from '../split/split.pure.js';
import { lookAt } from './look-at.js';
import { KnownLooks } from './looks.js';
import type { DataSource } from './source.js';

/** Divides pairs; looks at images that this clone has not seen before. Throws as `lookAt`. */
export async function datasetSplit(
  git: GitRepository,
  pairs: readonly TrainingPair[],
  source: DataSource,
  ratios: Ratios,
  report: StepReport,
  stop: AbortSignal,
): Promise<Split> {
  const known = await KnownLooks.open(join(stateDirectory(git.commonDir), 'looks-1.txt'));
  return splitPairs(await lookAt(pairs, source, known, report, stop), ratios);
}
