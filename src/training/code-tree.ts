import type { Config } from '../config/schema.js';
import type { GitRepository, Oid } from '../ports/git-repository.js';

/** DVC's own default; what it keeps there is no code. */
const CACHE = '.dvc/cache';

/** The code as it is in the working tree: all that Git does not ignore, but the dataset and what runs left. */
export function codeTree(git: GitRepository, { dataset, train }: Config): Promise<Oid> {
  return git.workingTree([dataset.images, dataset.masks, train.output, CACHE]);
}
