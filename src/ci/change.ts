import { type DatasetBase, loadDataset } from '../dataset/dataset-base.js';
import type { Oid } from '../ports/git-repository.js';
import type { CiTools } from './tools.js';

export interface DatasetChange {
  readonly before: DatasetBase;
  readonly after: DatasetBase;
}

/** The dataset of `tip`, and what it was where `tip` left `base`. Throws as `loadDataset`. */
export async function loadChange(
  { git, store, config }: CiTools,
  { base, tip }: { readonly base: Oid; readonly tip: Oid },
): Promise<DatasetChange> {
  const { signal } = new AbortController();
  const fork = await git.mergeBase(base, tip);
  const [before, after] = await Promise.all(
    [fork, tip].map((commit) => loadDataset(git, store, config, commit, signal)),
  );
  return { before, after } as DatasetChange;
}
