import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openCommandRunner } from '../../src/adapters/process/runner.js';
import { isRunning } from '../../src/clone/processes.js';
import type { RunningCommand } from '../../src/ports/command-runner.js';
import { builtModule } from '../support/built-modules.js';
import { makeDirectory } from '../support/scratch.js';

interface Started extends RunningCommand {
  readonly directory: string;
  text(): string;
}

/** A shell script, started in a directory of its own. */
function start(script: string, grace = 5000): Started {
  const directory = makeDirectory();
  let output = '';
  const running = openCommandRunner().start({
    command: 'sh',
    args: ['-c', script],
    cwd: directory,
    env: { PATH: process.env.PATH ?? '', GREETING: 'hello' },
    grace,
    onOutput: (chunk) => {
      output += chunk;
    },
  });
  return { ...running, directory, text: () => output };
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await wait(10);
}

const pidIn = (file: string) => Number(readFileSync(file, 'utf8'));

test('passes on output, environment, directory and exit code', async () => {
  const running = start('echo $GREETING; pwd; echo trouble >&2; exit 7');
  expect(await running.ended).toEqual({ exitCode: 7, signal: null });
  expect(running.text()).toContain(`hello\n${running.directory}\n`);
  expect(running.text()).toContain('trouble\n');
});

test('has nothing on standard input, and descriptor 3 is closed', async () => {
  const running = start('cat; (echo x >&3) 2>/dev/null || echo closed');
  await running.ended;
  expect(running.text()).toBe('closed\n');
});

test('a program that is not there ends as in a shell', async () => {
  const running = openCommandRunner().start({
    command: 'no-such-program',
    args: [],
    cwd: makeDirectory(),
    env: { PATH: '/nowhere' },
    grace: 1000,
    onOutput: () => undefined,
  });
  expect(await running.ended).toEqual({ exitCode: 127, signal: null });
});

test('a signal reaches the command and what it started', async () => {
  const running = start('sleep 600 & echo $! > child; trap "echo saving; exit 3" TERM; touch ready; wait');
  await until(() => existsSync(join(running.directory, 'ready')));
  const child = pidIn(join(running.directory, 'child'));
  expect((await running.processes()).some((line) => line.endsWith('sleep 600'))).toBe(
    process.platform === 'linux',
  );
  running.stop('SIGTERM');
  expect(await running.ended).toEqual({ exitCode: 3, signal: null });
  expect(running.text()).toBe('saving\n');
  expect(await isRunning(child)).toBe(false);
});

test('what ignores the signal is killed after the grace, children too', async () => {
  const running = start(
    'trap "" TERM; (trap "" TERM; sleep 600; sleep 600) & touch ready; wait; sleep 600',
    200,
  );
  await until(() => existsSync(join(running.directory, 'ready')));
  running.stop('SIGTERM');
  expect(await running.ended).toEqual({ exitCode: null, signal: 'SIGKILL' });
  expect(await running.processes()).toEqual([]);
});

test('what the command leaves running is ended with it', async () => {
  const running = start('sleep 600 & echo $! > child');
  expect(await running.ended).toEqual({ exitCode: 0, signal: null });
  await until(async () => !(await isRunning(pidIn(join(running.directory, 'child')))));
});

test('when the process that started it is killed, nothing of the group lives on', async () => {
  const directory = makeDirectory();
  const script = join(directory, 'parent.mjs');
  const runner = await builtModule('adapters/process/runner');
  writeFileSync(
    script,
    `import { openCommandRunner } from ${JSON.stringify(runner)};
openCommandRunner().start({ command: 'sh', args: ['-c', 'trap "" TERM; sleep 600 & echo $! > child; echo $$ > command; wait; sleep 600'],
  cwd: ${JSON.stringify(directory)}, env: { PATH: process.env.PATH }, grace: 300, onOutput: () => undefined });`,
  );
  const parent = spawn(process.execPath, [script], { stdio: 'ignore' });
  await until(
    () => existsSync(join(directory, 'command')) && readFileSync(join(directory, 'command'), 'utf8') !== '',
  );
  const pids = ['child', 'command'].map((name) => pidIn(join(directory, name)));
  parent.kill('SIGKILL');
  await until(async () => !(await Promise.all(pids.map(isRunning))).includes(true));
  expect(await Promise.all(pids.map(isRunning))).toEqual([false, false]);
});
