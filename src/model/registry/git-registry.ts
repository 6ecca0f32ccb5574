import type { Registry } from '../../ports/registry.js';
import { allVersions, findVersion } from './all-versions.js';
import { type GitRegistryTools, type PlacedTools, stateNow } from './git-registry-tools.js';
import { nameOf, type RegistryPlace, registryPlace } from './place.js';
import { promote, readFacts } from './promote.js';
import { register } from './register.js';
import { publicVersion } from './registry-file.pure.js';

/**
 * The registry that needs no server. Models are objects of the store; Production is what the pointer on the remote's
 * protected branch names, `registry.json` beside it tells its history; a version is a ref of the remote. Local
 * branches, index and working tree are never touched. `branch`: as it is on another branch of the remote, where a
 * promotion can wait for its merge.
 */
export async function openGitRegistry(tools: GitRegistryTools, branch?: RegistryPlace): Promise<Registry> {
  const place = branch ?? (await registryPlace(tools.git, tools.config));
  const placed: PlacedTools = { ...tools, place };
  return {
    url: `git ${nameOf(place)}`,
    async production() {
      const { production } = await stateNow(placed);
      return production === null ? null : publicVersion(production);
    },
    async versions() {
      return (await allVersions(tools.git, place, await stateNow(placed))).map(publicVersion);
    },
    async promotions() {
      return (await stateNow(placed)).file.promotions.toReversed();
    },
    async register(files, origin) {
      return publicVersion(await register(placed, files, origin));
    },
    promote: (request) => promote(placed, request),
    async load(version) {
      const state = await stateNow(placed);
      const { production, plainModel, facts } = state;
      // What stands there by hand may be in Git alone.
      const isHere = version === production?.version && !state.file.versions.includes(production);
      if (isHere && plainModel !== null) return { model: plainModel, facts };
      const stored = isHere ? production : await findVersion(tools.git, place, state, version);
      const store = await tools.openStore();
      const model = await store.get(stored.model);
      return { model, facts: isHere ? facts : await readFacts(stored, store) };
    },
  };
}
