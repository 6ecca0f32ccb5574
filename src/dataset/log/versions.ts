import { type Config, ROLES, type Role } from '../../config/schema.js';
import { isWmsError } from '../../errors.js';
import type { GitRepository, Oid } from '../../ports/git-repository.js';
import { parseDirectoryPointer } from '../directory-pointer.js';
import type { Pointer } from '../pointer-parse.js';

/** What the pointers of one commit say. */
export interface Version {
  /** Null where a directory has no pointer. */
  readonly pointers: Readonly<Record<Role, Pointer | null>>;
  /** Why they cannot be read: conflict markers, say. */
  readonly problem: string | null;
}

export const NO_VERSION: Version = { pointers: { images: null, masks: null }, problem: null };

/** Versions of many commits, by one process of Git. A commit that is not here has no pointers. */
export async function readVersions(
  git: GitRepository,
  config: Config,
  commits: Iterable<Oid>,
): Promise<Map<Oid, Version>> {
  const wanted = [...new Set(commits)];
  const files = wanted.flatMap((commit) =>
    ROLES.map((role) => ({ commit, path: `${config.dataset[role]}.dvc` })),
  );
  const texts: (string | null)[] = [];
  for await (const bytes of git.readFiles(files)) texts.push(bytes?.toString() ?? null);
  return new Map(
    wanted.map((commit, at) => {
      const [images = null, masks = null] = texts.slice(at * ROLES.length, (at + 1) * ROLES.length);
      return [commit, versionOf({ images, masks }, config)];
    }),
  );
}

function versionOf(texts: Readonly<Record<Role, string | null>>, config: Config): Version {
  const read = (role: Role): Pointer | null => {
    const text = texts[role];
    return text === null ? null : parseDirectoryPointer(text, config.dataset[role]).pointer;
  };
  try {
    return { pointers: { images: read('images'), masks: read('masks') }, problem: null };
  } catch (error) {
    if (!isWmsError(error)) throw error;
    return { ...NO_VERSION, problem: error.message };
  }
}

/** Equal for commits that name the same manifests; null for no dataset. */
export function versionKey({ pointers }: Version): string | null {
  const { images, masks } = pointers;
  return images === null && masks === null ? null : `${images?.id ?? ''} ${masks?.id ?? ''}`;
}
