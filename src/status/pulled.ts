import { type Config, ROLES } from '../config/schema.js';
import type { GitRepository, Oid } from '../ports/git-repository.js';
import type { ObjectId } from '../ports/object-store.js';
import { manifestIdsIn } from './waiting.js';

const VERSIONS_LOOKED_AT = 20;

export interface PulledVersion {
  /** Null: none of the latest versions in this branch's history; a data branch, say. */
  readonly commit: Oid | null;
  /** It is the one that the current commit names. */
  readonly isCurrent: boolean;
}

/** The version that was pulled last, by the manifests that the pull has written down. */
export async function pulledVersion(
  git: GitRepository,
  config: Config,
  head: Oid,
  pulled: readonly ObjectId[],
): Promise<PulledVersion | null> {
  if (pulled.length === 0) return null;
  const ids = new Set(pulled);
  const matches = async (commit: Oid) => {
    const named = Object.values(await manifestIdsIn(git, config, commit)).filter((id) => id !== null);
    return named.length > 0 && named.every((id) => ids.has(id));
  };
  if (await matches(head)) return { commit: head, isCurrent: true };
  const pointers = ROLES.map((role) => `${config.dataset[role]}.dvc`);
  const commits = await git.commitsChanging(head, pointers, new Date(0));
  for (const { oid } of commits.slice(0, VERSIONS_LOOKED_AT))
    if (await matches(oid)) return { commit: oid, isCurrent: false };
  return { commit: null, isCurrent: false };
}
