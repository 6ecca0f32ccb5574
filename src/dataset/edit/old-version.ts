import { EXIT, isWmsError, WmsError } from '../../errors.js';
import type { Oid } from '../../ports/git-repository.js';
import { type DatasetBase, loadDataset } from '../dataset-base.js';
import type { DatasetTools } from '../tools.js';
import { requirePointers } from '../version.js';

/** The version of a commit. What is wrong with it must not be taken for an error of the current one. */
export async function loadOldVersion(
  { git, config, store }: Pick<DatasetTools, 'git' | 'config' | 'store'>,
  commit: Oid,
  revision: string,
): Promise<DatasetBase> {
  try {
    await requirePointers(git, config, commit, revision);
    return await loadDataset(git, store, config, commit, new AbortController().signal);
  } catch (error) {
    if (!isWmsError(error) || !/^(pointer|dataset|manifest)\//.test(error.kind)) throw error;
    const short = commit.slice(0, 10);
    const next =
      error.code === EXIT.usage
        ? `Choose a version whose pointers can be read: git log -- ${config.dataset.images}.dvc`
        : `Where this version was pulled or published: npx wms data verify ${short} --deep --repair`;
    throw new WmsError({
      kind: error.kind,
      code: error.code,
      what: `The version ${revision} (${short}) cannot be restored. ${error.message}`,
      ...(error.why === undefined ? {} : { why: error.why }),
      next,
      cause: error,
    });
  }
}
