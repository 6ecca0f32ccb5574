import { type Mlflow, openMlflow } from '../../src/adapters/mlflow/index.js';
import { type ConfigFile, configSchema } from '../../src/config/schema.js';
import type { Registry } from '../../src/ports/registry.js';
import type { Timing } from '../../src/ports/timing.js';
import type { TrackingServer } from '../../src/ports/tracking-server.js';
import { FakeTiming } from './fake-timing.js';

interface TestMlflowOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly registry?: ConfigFile['registry'];
  readonly experiment?: string;
  readonly timing?: Timing;
}

/** Our two adapters on the server at `url`, without real pauses. */
export function openTestMlflow(url: string, options: TestMlflowOptions = {}): Mlflow {
  const { env = {}, registry = {}, experiment = 'wms', timing = new FakeTiming() } = options;
  const config = configSchema.parse({ registry, tracking: { uri: url, experiment } });
  const mlflow = openMlflow({ config, env, timing });
  if (mlflow === null) throw new Error('the settings name a server');
  return mlflow;
}

/** A new run in an experiment of its own name; its id. */
export async function startTestRun(server: TrackingServer, key: string): Promise<string> {
  const { id: experimentId } = await server.openExperiment('runs of tests');
  const run = await server.startRun({ experimentId, name: key, key, tags: {}, at: 1_700_000_000_000 });
  return run.id;
}

/** Promotes with words that do not matter. */
export function promoteIn(registry: Registry, version: string, expected: string | null): Promise<void> {
  const [who, at] = ['Ana Test', '2026-11-21T10:15:00.000Z'];
  return registry.promote({ version, expected, who, at, reason: 'better', files: new Map() });
}
