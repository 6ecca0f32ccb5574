import type { DatasetTools } from '../../dataset/tools.js';
import type { TestPair } from '../../model/scores/test-pair.js';
import type { StepReport } from '../../ports/reporter.js';
import { datasetSplit } from './dataset-split.js';
import { pairUp } from './pairs.pure.js';
import { openRevision } from './revision-source.js';

/** The test split of the dataset that `revision` names, as training keeps it out. */
export async function datasetTestPairs(
  tools: DatasetTools,
  revision: string,
  report: StepReport,
): Promise<TestPair[]> {
  const { signal } = new AbortController();
  const source = await openRevision(tools, revision, report);
  const { pairs } = pairUp(source.files);
  const { train } = tools.config;
  const split = await datasetSplit(tools.git, pairs, source, train.split, report, signal);
  return split.pairs.test.map(({ relpath, maskPath, image, mask }) => ({
    relpath,
    image,
    mask,
    read: async () => ({
      image: await source.read('images', { relpath, md5: image }, signal),
      mask: await source.read('masks', { relpath: maskPath, md5: mask }, signal),
    }),
  }));
}
