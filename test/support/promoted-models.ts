import { createHash } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Registry, UNTOLD } from '../../src/ports/registry.js';
import { git } from './scratch.js';
import type { Team } from './team.js';

export const md5Of = (bytes: Buffer | string): string => createHash('md5').update(bytes).digest('hex');

/** Registers `text` as a model and promotes it over what is Production; its version. */
export async function promoteModel(
  registry: Registry,
  text: string,
  { reason = 'better', at = '2026-11-21T10:15:00.000Z' } = {},
): Promise<string> {
  const files = { model: Buffer.from(text), facts: `{"of": "${text}"}\n` };
  const { version } = await registry.register(files, UNTOLD);
  const expected = (await registry.production())?.version ?? null;
  const who = 'Ana Test <ana@example.com>';
  await registry.promote({ version, expected, who, reason, at, files: new Map() });
  return version;
}

/** Text of a file on the remote's branch, byte for byte. */
export async function onRemote(team: Team, path: string, branch = 'main'): Promise<string> {
  return `${await git(team.remote, 'show', `${branch}:${path}`)}\n`;
}

/** A rule of the code host: `script` sees each ref's old object, new object and name, and refuses by failing. */
export async function refuseOnRemote(team: Team, script: string): Promise<void> {
  await mkdir(join(team.remote, 'hooks'), { recursive: true });
  const hook = join(team.remote, 'hooks/pre-receive');
  await writeFile(hook, `#!/bin/sh\nwhile read -r old new ref; do\n${script}\ndone\nexit 0\n`);
  await chmod(hook, 0o755);
}
