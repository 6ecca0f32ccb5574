import { EXIT, WmsError } from '../errors.js';
import { directoryPairs } from '../model/scores/directory-pairs.js';
import type { TestPair } from '../model/scores/test-pair.js';

interface TestFlags {
  readonly images?: string;
  readonly masks?: string;
}

/** What finds the pairs to test on. Throws WmsError `gate/directories` (exit code 2) for half of the flags. */
export function gateTestPairs({ images, masks }: TestFlags): () => Promise<readonly TestPair[]> {
  if (images !== undefined && masks !== undefined) return () => directoryPairs(images, masks);
  throw new WmsError({
    kind: 'gate/directories',
    code: EXIT.usage,
    what: 'Test images and their masks are named together.',
    next: 'npx wms model gate --candidate out/model.onnx --images test/images --masks test/masks',
  });
}
