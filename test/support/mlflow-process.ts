import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { peerCommand } from './peers.js';
import { isolatedEnv } from './scratch.js';
import { freePort, startServerProcess } from './server-process.js';

export interface MlflowProcess {
  readonly url: string;
  stop(): Promise<void>;
}

interface MlflowProcessOptions {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Of requests, beside the first one. */
  readonly workers?: number;
}

/** A real MLflow server on 127.0.0.1: SQLite, artifacts through its proxy into a directory, both temporary. */
export async function startMlflow(options: MlflowProcessOptions = {}): Promise<MlflowProcess> {
  const { flags = [], env = {}, workers = 1 } = options;
  const [command, port, home] = [
    await peerCommand('mlflow'),
    await freePort(),
    await mkdtemp(join(tmpdir(), 'wms-mlflow-')),
  ];
  const place = ['--host', '127.0.0.1', '--port', String(port), '--workers', String(workers)];
  const storage = [
    ...['--backend-store-uri', `sqlite:///${home}/mlflow.db`],
    ...['--artifacts-destination', join(home, 'artifacts')],
  ];
  const end = await startServerProcess(
    command,
    ['server', ...place, ...storage, ...flags],
    isolatedEnv({ MLFLOW_DISABLE_TELEMETRY: 'true', MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false', ...env }),
    port,
  );
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      await end();
      await rm(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
