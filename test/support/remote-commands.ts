import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openRemoteCommands } from '../../src/adapters/remote-command/runner.js';
import { EXIT, WmsError } from '../../src/errors.js';
import type { RunningCommand } from '../../src/ports/command-runner.js';
import { makeDirectory, writeFiles } from './scratch.js';

export interface StartedThere extends RunningCommand {
  readonly tree: string;
  /** Where its output belongs. */
  readonly directory: string;
  text(): string;
}

/** Starts a shell script as training does, on the machine behind `port`. */
export async function startThere(
  { port, ticket }: { port: number; ticket: string },
  script: string,
  { command = './run.sh', grace = 5000 } = {},
): Promise<StartedThere> {
  // In a directory of root's alone, as clones may be.
  const tree = join(makeDirectory(), 'clone');
  const directory = join(tree, 'runs/20261130-101500');
  await writeFiles(tree, {
    "odd name's $(x)": 'odd',
    'runs/20261130-101500/data/images/a.jpg': 'photo',
    'runs/20261130-101500/split.json': 'here',
    'left at home': 'secret',
  });
  await writeFile(join(tree, 'run.sh'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  let output = '';
  const commands = openRemoteCommands({
    name: 'the machine',
    port,
    ticket,
    tree,
    files: async () => ['run.sh', "odd name's $(x)", 'deleted'],
    lost: (why) =>
      new WmsError({ kind: 'train/connection-lost', code: EXIT.network, what: 'It is lost.', why }),
  });
  const running = commands.start({
    command: command === './run.sh' ? join(tree, 'run.sh') : command,
    args: ["it's", '$(here)'],
    cwd: tree,
    env: { PATH: '/only/here', AWS_SECRET_ACCESS_KEY: 'canary', WMS_OUTPUT_DIR: directory, WMS_SEED: '7' },
    grace,
    directory,
    onOutput: (chunk) => {
      output += chunk;
    },
  });
  return { ...running, tree, directory, text: () => output };
}

/** Until it has printed that word. Throws when it has ended before. */
export async function untilReady(running: StartedThere): Promise<void> {
  const over = running.ended.then((end) => Promise.reject(new Error(`ended: ${JSON.stringify(end)}`)));
  const ready = async () => {
    while (!running.text().includes('ready')) await wait(20);
  };
  await Promise.race([ready(), over]);
  over.catch(() => undefined);
}
