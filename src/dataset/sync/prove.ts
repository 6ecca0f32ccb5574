import type { Config } from '../../config/schema.js';
import { isWmsError } from '../../errors.js';
import type { GitRepository, Oid } from '../../ports/git-repository.js';
import type { ObjectStore } from '../../ports/object-store.js';
import { loadDataset } from '../dataset-base.js';
import { type Manifests, type Proof, proveByDataset, proveByVersion, type RawBytes } from './proof.pure.js';

/** Versions to look through for files that were replaced since; each costs two manifests. */
const VERSIONS_AT_MOST = 100;

export interface ProofTools {
  readonly git: GitRepository;
  readonly config: Config;
  readonly store: ObjectStore;
}

export interface Proven {
  /** The dataset as the remote's branch has it. */
  readonly dataset: Manifests;
  readonly proofs: ReadonlyMap<RawBytes, Proof>;
  readonly unproven: readonly RawBytes[];
}

/**
 * Finds for each raw file a manifest of the remote's branch that names its bytes. A manifest counts only after it was
 * read from the store and its MD5 was right.
 */
export async function prove(
  tools: ProofTools,
  upstream: Oid,
  files: readonly RawBytes[],
  progress: (text: string) => void,
): Promise<Proven> {
  progress('reading the dataset');
  const dataset = await manifestsAt(tools, upstream);
  const now = proveByDataset(files, dataset);
  const proofs = new Map(now.proven);
  let { unproven } = now;
  if (unproven.length === 0) return { dataset, proofs, unproven };
  const oldest = new Date(Math.min(...unproven.map(({ committedAt }) => committedAt.getTime())));
  const { images, masks } = tools.config.dataset;
  const versions = await tools.git.commitsChanging(upstream, [`${images}.dvc`, `${masks}.dvc`], oldest);
  for (const { oid, committedAt } of versions.slice(0, VERSIONS_AT_MOST)) {
    if (unproven.length === 0) break;
    progress(`looking for ${unproven.length} files in earlier versions`);
    const version = await manifestsAt(tools, oid).catch((error: unknown) => {
      // What cannot be read proves nothing; a store that does not answer is another matter.
      if (isWmsError(error) && UNREADABLE.test(error.kind)) return null;
      throw error;
    });
    if (version === null) continue;
    const found = proveByVersion(unproven, version, committedAt);
    for (const [file, proof] of found.proven) proofs.set(file, proof);
    unproven = found.unproven;
  }
  return { dataset, proofs, unproven };
}

const UNREADABLE = /^(dataset|manifest|pointer)\//;

export async function manifestsAt({ git, config, store }: ProofTools, commit: Oid): Promise<Manifests> {
  const { images, masks } = await loadDataset(git, store, config, commit, AbortSignal.any([]));
  return { images: images.manifest, masks: masks.manifest };
}
