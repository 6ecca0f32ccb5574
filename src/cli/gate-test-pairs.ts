import { openDatasetTools, openPrompter } from '../compose.js';
import type { Config } from '../config/schema.js';
import { EXIT, WmsError } from '../errors.js';
import { directoryPairs } from '../model/scores/directory-pairs.js';
import type { TestPair } from '../model/scores/test-pair.js';
import type { GitRepository } from '../ports/git-repository.js';
import type { StepReport } from '../ports/reporter.js';
import { datasetSplit } from '../training/data/dataset-split.js';
import { pairUp } from '../training/data/pairs.pure.js';
import { openRevision } from '../training/data/revision-source.js';

interface TestFlags {
  readonly images?: string;
  readonly masks?: string;
}

/** What finds the pairs to test on. Throws WmsError `gate/directories` (exit code 2) for half of the flags. */
export function gateTestPairs(
  { images, masks }: TestFlags,
  git: GitRepository,
  config: Config,
): (report: StepReport) => Promise<readonly TestPair[]> {
  if (images !== undefined && masks !== undefined) return () => directoryPairs(images, masks);
  if (images === undefined && masks === undefined) return (report) => datasetTestPairs(git, config, report);
  throw new WmsError({
    kind: 'gate/directories',
    code: EXIT.usage,
    what: 'Test images and their masks are named together.',
    next: 'npx wms model gate --candidate out/model.onnx --images test/images --masks test/masks',
  });
}

/** The test split of the dataset that HEAD names, as training keeps it out. */
async function datasetTestPairs(git: GitRepository, config: Config, report: StepReport): Promise<TestPair[]> {
  const { signal } = new AbortController();
  const source = await openRevision(await openDatasetTools(git, config, openPrompter()), 'HEAD', report);
  const { pairs } = pairUp(source.files);
  const split = await datasetSplit(git, pairs, source, config.train.split, report, signal);
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
