import { commitFiles } from '../../commits/commit-files.js';
import type { GitRepository, Oid } from '../../ports/git-repository.js';
import { readCommitted } from './committed-file.js';
import { damaged } from './errors.js';
import { parseVersion, renderVersion, type StoredVersion } from './registry-file.pure.js';
import { reaching } from './remote.js';

/** One ref for each version, made once and never moved: its number is given away by the remote, to one only. */
const PREFIX = 'refs/wms/models/';
const FILE = 'version.json';

/** Versions that anybody registered, also those that never were Production. */
export async function fetchVersions(git: GitRepository, remote: string): Promise<StoredVersion[]> {
  await reaching(remote, () => git.mirrorRefs(remote, PREFIX));
  return Promise.all((await git.refs(PREFIX)).map(({ ref, oid }) => readVersion(git, remote, ref, oid)));
}

/** False: the number was given to another version just now. */
export async function createVersion(
  git: GitRepository,
  remote: string,
  stored: StoredVersion,
): Promise<boolean> {
  const files = new Map([[FILE, renderVersion(stored)]]);
  const message = `model: version ${stored.version}\n`;
  const commit = await commitFiles(git, null, files, { message, when: new Date(stored.createdAt) });
  const ref = `${PREFIX}${stored.version}`;
  return (await git.pushRef(remote, commit, ref, null)) === 'pushed';
}

async function readVersion(
  git: GitRepository,
  remote: string,
  ref: string,
  commit: Oid,
): Promise<StoredVersion> {
  try {
    const text = (await readCommitted(git, commit, FILE))?.toString() ?? '';
    const stored = parseVersion(text);
    if (ref === `${PREFIX}${stored.version}`) return stored;
    throw new Error(`It says that it is version ${stored.version}.`);
  } catch (error) {
    const next = `If it was made by hand, take it away: git push ${remote} :${ref}, and here: git update-ref -d ${ref}`;
    throw damaged(FILE, ref, error, next);
  }
}
