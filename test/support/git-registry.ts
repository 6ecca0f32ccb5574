import { openDirectoryNotes } from '../../src/adapters/directory/notes.js';
import { openDirectoryStore } from '../../src/adapters/directory/store.js';
import { openGitRepository } from '../../src/adapters/git/repository.js';
import { configSchema } from '../../src/config/schema.js';
import { claimObjects } from '../../src/dataset/claims/claim.js';
import { openGitRegistry } from '../../src/model/registry/git-registry.js';
import type { Registry } from '../../src/ports/registry.js';
import { FakeTiming } from './fake-timing.js';
import { isolatedEnv } from './scratch.js';
import type { Team } from './team.js';

/** The registry as it is seen from a clone of a team. */
export async function gitRegistryOf({ store }: Team, clone: string): Promise<Registry> {
  return openGitRegistry({
    git: await openGitRepository({ cwd: clone, env: isolatedEnv() }),
    config: configSchema.parse({}),
    openStore: async () => openDirectoryStore({ path: store }),
    countOn: (ids) => claimObjects(openDirectoryNotes({ path: store }), ids),
    clock: { now: () => new Date() },
    timing: new FakeTiming(),
  });
}
