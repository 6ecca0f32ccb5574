import { afterEach } from 'vitest';
import { MemoryTracking } from '../support/memory-tracking.js';
import { openTestMlflow } from '../support/mlflow.js';
import { type MlflowTestServer, startMlflowServer } from '../support/mlflow-server.js';
import { trackingSuite } from './tracking.suite.js';

const servers: MlflowTestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

trackingSuite('memory', async () => new MemoryTracking());

trackingSuite('MLflow, in this process', async () => {
  const server = await startMlflowServer();
  servers.push(server);
  return openTestMlflow(server.url).tracking;
});
