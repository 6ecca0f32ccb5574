import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { askLoopback, listen } from './http.js';
import type { Program } from './service.js';

const HEALTH_MS = 2000;

/** Absolute path of the program: of the active Python environment, of the working tree's, or on the PATH. Null: nowhere. */
export async function findMlflow(topLevel: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  const { VIRTUAL_ENV, PATH = '' } = env;
  const directories = [
    ...(VIRTUAL_ENV ? [join(VIRTUAL_ENV, 'bin')] : []),
    join(topLevel, '.venv/bin'),
    ...PATH.split(delimiter).filter((directory) => directory.startsWith('/')),
  ];
  for (const directory of directories) {
    const program = join(directory, 'mlflow');
    const isThere = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return program;
  }
  return null;
}

/** What it has, it keeps in `directory`: the next session goes on with it. */
export async function mlflowServer(
  program: string,
  directory: string,
  env: Record<string, string>,
): Promise<Program> {
  await mkdir(directory, { recursive: true });
  const port = await freePort();
  return {
    name: 'mlflow',
    command: {
      command: program,
      args: [
        ...['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
        // Relative: a path could hold what means something in an address.
        ...['--backend-store-uri', 'sqlite:///mlflow.db', '--artifacts-destination', 'artifacts'],
      ],
      cwd: directory,
      env: { ...env, MLFLOW_DISABLE_TELEMETRY: 'true', MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false' },
    },
    portOf: async () => ((await askLoopback(port, '/health', HEALTH_MS))?.status === 200 ? port : null),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
