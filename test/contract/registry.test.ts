import { rename } from 'node:fs/promises';
import { gitRegistryOf } from '../support/git-registry.js';
import { MemoryRegistry } from '../support/memory-registry.js';
import { openTestMlflow, startTestRun } from '../support/mlflow.js';
import { startMlflowServer } from '../support/mlflow-server.js';
import { joinTeam, makeTeam } from '../support/team.js';
import { registrySuite } from './registry.suite.js';

registrySuite('memory', async () => {
  const registry = new MemoryRegistry();
  return { registry, other: registry, cutOff: () => registry.cutOff() };
});

for (const objectFormat of ['sha1', 'sha256'] as const) {
  registrySuite(`Git, ${objectFormat}`, async () => {
    const team = await makeTeam({ objectFormat });
    return {
      registry: await gitRegistryOf(team, team.clone),
      other: await gitRegistryOf(team, await joinTeam(team)),
      cutOff: () => rename(team.remote, `${team.remote}-gone`),
    };
  });
}

for (const stages of [false, true]) {
  registrySuite(`MLflow, in this process, stages: ${stages}`, async () => {
    const server = await startMlflowServer();
    const { tracking, registry } = openTestMlflow(server.url, { registry: { stages } });
    return {
      registry,
      other: openTestMlflow(server.url, { registry: { stages } }).registry,
      runId: await startTestRun(tracking, 'trained'),
      cutOff: () => server.inject({ fault: { type: 'reset' } }),
      close: () => server.close(),
    };
  });
}
