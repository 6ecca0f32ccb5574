import type { GitRepository } from '../../ports/git-repository.js';
import { noSuchVersion } from './errors.js';
import { nameOf, type RegistryPlace } from './place.js';
import { oldestFirst, type StoredVersion } from './registry-file.pure.js';
import type { RegistryState } from './state.js';
import { fetchVersions } from './version-refs.js';

/** Registered ones, those that were Production, and the one that is. Newest first. */
export async function allVersions(
  git: GitRepository,
  place: RegistryPlace,
  { file, production }: RegistryState,
): Promise<StoredVersion[]> {
  const registered = await fetchVersions(git, place.remote);
  const all = [...registered, ...file.versions, ...(production === null ? [] : [production])];
  const distinct = new Map(all.map((one) => [one.version, one]));
  return [...distinct.values()].toSorted(oldestFirst).reverse();
}

/** Throws WmsError `registry/no-such-version` (exit code 2). */
export async function findVersion(
  git: GitRepository,
  place: RegistryPlace,
  state: RegistryState,
  version: string,
): Promise<StoredVersion> {
  const found = (await allVersions(git, place, state)).find((one) => one.version === version);
  if (found === undefined) throw noSuchVersion(version, `git ${nameOf(place)}`);
  return found;
}
