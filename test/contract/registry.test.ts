import { gitRegistryOf } from '../support/git-registry.js';
import { joinTeam, makeTeam } from '../support/team.js';
import { registrySuite } from './registry.suite.js';

for (const objectFormat of ['sha1', 'sha256'] as const) {
  registrySuite(`Git, ${objectFormat}`, async () => {
    const team = await makeTeam({ objectFormat });
    return {
      registry: await gitRegistryOf(team, team.clone),
      other: await gitRegistryOf(team, await joinTeam(team)),
    };
  });
}
