import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { peerCommand } from '../../test/support/peers.js';
import { freePort, startServerProcess } from '../../test/support/server-process.js';

const PROJECT = resolve(import.meta.dirname, '../..');

export interface Server {
  readonly label: string;
  readonly url: string;
  stop(): Promise<void>;
}

/** `wms serve` as a person starts it: a thread per core, at most four. */
export async function startOurs(model: string, cwd: string): Promise<Server> {
  const command = [join(PROJECT, 'bin/wms.js'), 'serve', '--model', model, '--port', '0', '--json'];
  const child = execa(process.execPath, command, { cwd, reject: false, stderr: 'ignore' });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { url } = JSON.parse(line.toString()) as { url: string };
  return {
    label: 'wms serve',
    url,
    async stop() {
      child.kill('SIGTERM');
      await child;
    },
  };
}

/** Python's ONNX Runtime behind uvicorn with as many processes as ours has threads. Throws when it cannot be had. */
export async function startPeer(model: string, workers: number): Promise<Server> {
  const uvicorn = await peerCommand('uvicorn');
  const port = await freePort();
  const app = ['--app-dir', join(PROJECT, 'bench/serve'), 'server:app'];
  const args = ['--workers', String(workers), '--port', String(port), '--log-level', 'error', ...app];
  const env = { BENCH_MODEL: model, BENCH_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' };
  const stop = await startServerProcess(uvicorn, args, env, port);
  return { label: 'Python, uvicorn', url: `http://127.0.0.1:${port}`, stop };
}
