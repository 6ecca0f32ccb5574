import { join } from 'node:path';
import type { CommandRunner, CommandToRun } from '../../ports/command-runner.js';
import type { Card } from './card.js';
import type { Program } from './service.js';

const GRACE_MS = 5000;
const NO_MODEL = 'no Production model yet: npx wms model promote FILE';

type Wms = Pick<CommandToRun, 'command' | 'args' | 'cwd' | 'env'>;

function wms({ packageRoot, topLevel }: Card, env: Record<string, string>, args: readonly string[]): Wms {
  return {
    command: process.execPath,
    args: [join(packageRoot, 'bin/wms.js'), ...args],
    cwd: topLevel,
    env: { ...env, CI: '1' },
  };
}

/** Null: there is one; else why nothing can be served, in a few words. */
export async function whyNoProduction(
  card: Card,
  runner: CommandRunner,
  env: Record<string, string>,
  log: (chunk: Buffer) => void,
): Promise<string | null> {
  let output = '';
  const { ended } = runner.start({
    ...wms(card, env, ['model', 'baseline', '--json']),
    grace: GRACE_MS,
    onOutput: (chunk) => {
      output += chunk.toString();
      log(chunk);
    },
  });
  const { exitCode } = await ended;
  if (exitCode === 0) return /^\s*"production": null/m.test(output) ? NO_MODEL : null;
  const [, what] = /^✖ (.+)$/m.exec(output) ?? [];
  return what ?? 'the Production model cannot be told';
}

/** `wms serve` for the Production model. */
export function modelApi(card: Card, env: Record<string, string>): Program {
  return {
    name: 'wms serve',
    command: wms(card, env, ['serve', '--production', '--port', '0', '--json']),
    portOf: async (output) => {
      const [, port] = /^\{"url":"http:\/\/127\.0\.0\.1:(\d+)"\}$/m.exec(output) ?? [];
      return port === undefined ? null : Number(port);
    },
  };
}
