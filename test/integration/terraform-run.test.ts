import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { runToEnd } from '../../src/adapters/terraform/run.js';
import { builtModule } from '../support/built-modules.js';
import { makeDirectory } from '../support/scratch.js';

let module: string;
beforeAll(async () => {
  module = await builtModule('adapters/terraform/run');
});

/** A process of its own that runs the shell words to their end, as we run terraform. */
function startAlone(cwd: string, words: string) {
  const command = { command: '/bin/sh', args: ['-c', words], cwd, env: { PATH: process.env.PATH } };
  const script = `
    const { runToEnd } = await import(${JSON.stringify(module)});
    await runToEnd({ ...${JSON.stringify(command)}, onLine: (line) => console.log(line) });
  `;
  return spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

test('goes on to its end when the process that started it is killed, however much it says', async () => {
  const cwd = makeDirectory();
  const child = startAlone(
    cwd,
    'echo begun; while [ ! -f killed ]; do sleep 0.05; done; echo more; echo >end',
  );
  await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('close', resolve));
  await runToEnd({ command: '/bin/sh', args: ['-c', 'echo >killed'], cwd, env: {}, onLine: () => undefined });
  await expect.poll(() => existsSync(join(cwd, 'end')), { timeout: 20_000 }).toBe(true);
});

test('hears every line once, also long ones and a last one without an end', async () => {
  const lines: string[] = [];
  const words = 'echo one; printf "%0200000d\\n" 7; echo größe >&2; printf last; exit 3';
  const args = ['-c', words];
  const env = { PATH: process.env.PATH };
  const onLine = (line: string) => void lines.push(line);
  const end = await runToEnd({ command: '/bin/sh', args, cwd: makeDirectory(), env, onLine });
  expect(end).toEqual({ exitCode: 3, signal: null, interrupted: null });
  expect(lines).toEqual(['one', '7'.padStart(200_000, '0'), 'größe', 'last']);
});

test('a second signal reaches it, too', async () => {
  const cwd = makeDirectory();
  const words = `trap 'n=$((n + 1)); echo signal $n; [ $n -lt 2 ] || exit 9' INT; echo ready; while :; do sleep 0.05; done`;
  const child = startAlone(cwd, words);
  let heard = '';
  child.stdout.on('data', (chunk) => {
    heard += chunk;
  });
  await expect.poll(() => heard, { timeout: 20_000 }).toContain('ready');
  child.kill('SIGTERM');
  await expect.poll(() => heard, { timeout: 20_000 }).toContain('signal 1');
  child.kill('SIGINT');
  await new Promise((resolve) => child.once('close', resolve));
  expect(heard).toContain('signal 2');
});
