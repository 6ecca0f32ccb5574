import { readBaseline } from '../model/baseline.js';
import { describeBaseline } from '../model/describe.pure.js';
import { readUnfinished } from '../model/promotion/journal.js';
import { openPromotionTools, print } from './model-tools.js';

export interface BaselineFlags {
  readonly json?: true;
}

export async function runModelBaseline({ json }: BaselineFlags): Promise<void> {
  const { git, registry, reporter, clock } = await openPromotionTools();
  reporter.close();
  const baseline = await readBaseline(registry, await readUnfinished(git.commonDir));
  print(json && baseline, describeBaseline(baseline, clock.now()));
}
