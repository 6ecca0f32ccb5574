import { openDatasetTools, openPrompter } from '../compose.js';
import type { Config } from '../config/schema.js';
import { EXIT, WmsError } from '../errors.js';
import { directoryPairs } from '../model/scores/directory-pairs.js';
import type { TestPair } from '../model/scores/test-pair.js';
import type { GitRepository } from '../ports/git-repository.js';
import type { StepReport } from '../ports/reporter.js';
import { datasetTestPairs } from '../training/data/test-pairs.js';

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
  if (images === undefined && masks === undefined) {
    return async (report) =>
      datasetTestPairs(await openDatasetTools(git, config, openPrompter()), 'HEAD', report);
  }
  throw new WmsError({
    kind: 'gate/directories',
    code: EXIT.usage,
    what: 'Test images and their masks are named together.',
    next: 'npx wms model gate --candidate out/model.onnx --images test/images --masks test/masks',
  });
}
