import { existsSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startThere, untilReady } from '../support/remote-commands.js';
import { startTrainingMachine, type TrainingMachine } from '../support/training-machine.js';

let machine: TrainingMachine;

beforeEach(async () => {
  machine = await startTrainingMachine();
});
afterEach(() => machine?.close());

test('a command finds its files where they are here; what it makes comes back, whatever it ended with', async () => {
  const running = await startThere(
    machine,
    `pwd; echo "$1 $2"; cat "odd name's \\$(x)" "$WMS_OUTPUT_DIR/data/images/a.jpg"; ls; id -un; env
mkdir "$WMS_OUTPUT_DIR/checkpoints"; echo last >"$WMS_OUTPUT_DIR/checkpoints/1"; echo model >"$WMS_OUTPUT_DIR/model.onnx"
echo there >"$WMS_OUTPUT_DIR/split.json"; echo more >"$WMS_OUTPUT_DIR/data/b"; echo trouble >&2; exit 7`,
  );
  expect(await running.ended).toEqual({ exitCode: 7, signal: null });
  const { tree, directory } = running;
  const lines = running.text().split('\n');
  expect(lines.slice(0, 2)).toEqual([tree, "it's $(here)"]);
  expect(lines[2]).toBe("oddphotoodd name's $(x)");
  expect(lines).toEqual(expect.arrayContaining(['nobody', 'WMS_SEED=7', 'trouble']));
  expect(running.text()).not.toMatch(/canary|only\/here|left at home/);
  expect((await readdir(directory)).sort()).toEqual(['checkpoints', 'data', 'model.onnx', 'split.json']);
  expect(readFileSync(join(directory, 'checkpoints/1'), 'utf8')).toBe('last\n');
  expect(readFileSync(join(directory, 'split.json'), 'utf8'), 'what is here stays').toBe('here');
  expect(await readdir(join(directory, 'data'))).toEqual(['images']);
});

test('a signal reaches the command, which may save what it has', async () => {
  const running = await startThere(
    machine,
    'sleep 600 & trap "echo saved >$WMS_OUTPUT_DIR/checkpoint; kill $!; exit 3" TERM; echo ready; wait',
  );
  await untilReady(running);
  expect(await running.processes()).toContainEqual(expect.stringMatching(/^\d+ S sleep 600$/));
  running.stop('SIGTERM');
  expect(await running.ended).toEqual({ exitCode: 3, signal: null });
  expect(readFileSync(join(running.directory, 'checkpoint'), 'utf8')).toBe('saved\n');
});

test('what ignores a signal is killed after the grace', async () => {
  const running = await startThere(machine, 'trap "" TERM; echo ready; sleep 600; sleep 600', { grace: 300 });
  await untilReady(running);
  running.stop('SIGTERM');
  expect(await running.ended).toEqual({ exitCode: null, signal: 'SIGKILL' });
});

test('a program that is not there ends as in a shell', async () => {
  const running = await startThere(machine, '', { command: 'no-such-program' });
  expect(await running.ended).toEqual({ exitCode: 127, signal: null });
  expect(running.text()).toBe('no-such-program: No such file or directory\n');
});

test('who only tries the door is told in one line', async () => {
  for (const words of ['', 'GET / HTTP/1.1\r\nhost: localhost\r\n\r\n']) {
    connect(machine.port, '127.0.0.1')
      .on('error', () => undefined)
      .end(words);
  }
  const line = 'somebody was here who wanted nothing\n';
  while (machine.printed().length < 2 * line.length) await wait(20);
  expect(machine.printed()).toBe(line + line);
});

test('without the ticket nothing is started', async () => {
  const running = await startThere({ ...machine, ticket: 'a guess' }, 'echo started');
  await expect(running.ended).rejects.toMatchObject({ kind: 'train/connection-lost' });
  expect(running.text()).toBe('');
  expect(machine.printed()).toContain('somebody without a ticket was here');
  expect(existsSync(join(running.directory, 'model.onnx'))).toBe(false);
});
