import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ExitCode } from '../../src/errors.js';
import { cloneState, filesBelow, refsOf } from './clone-state.js';
import { pairFiles } from './pictures.js';
import { mergeDataBranch, onlyDataBranch, publishedFiles, rawFilesOnRemote } from './remote-view.js';
import { commitFiles, git } from './scratch.js';
import { push, type Ran, type Team } from './team.js';
import { emptyTeamTemplate } from './team-template.js';

export const IMAGES = 'data/training/images';
export const MASKS = 'data/training/masks';

export interface Refusal {
  readonly code: ExitCode;
  readonly kind: string;
  /** What the message must hold: the thing, the reason, what to do next. */
  readonly says: readonly (string | RegExp)[];
}

/**
 * Makes, once for a test file, a team with `meter_1` in its dataset; the function it returns makes copies of it, each
 * in a directory of its own.
 */
export function teamTemplate(prepare?: (team: Team) => Promise<void>): () => Promise<Team> {
  return emptyTeamTemplate(async (team) => {
    await commitFiles(team.clone, await pairFiles([1]), 'first photos');
    await push(team.clone);
    await mergeDataBranch(team, await onlyDataBranch(team));
    await git(team.clone, 'fetch', '--quiet', '--prune');
    await git(team.clone, 'reset', '--quiet', '--hard', 'origin/main');
    await prepare?.(team);
  });
}

/** What `.git/wms/last-publish.json` says. */
export function lastOutcome(clone: string) {
  return JSON.parse(readFileSync(join(clone, '.git/wms/last-publish.json'), 'utf8'));
}

/** Pushes, and checks that it is refused as `refusal` says, with nothing lost and nothing pushed. */
export async function expectRefused(
  team: Team,
  refusal: Refusal,
  env: Record<string, string> = {},
): Promise<Ran> {
  const before = await stateOf(team);
  const ran = await push(team.clone, [], env);
  record(ran.stderr);

  for (const words of refusal.says) {
    if (typeof words === 'string') expect(ran.stderr).toContain(words);
    else expect(ran.stderr).toMatch(words);
  }
  // Git turns whatever a hook ends with into 1.
  expect(ran.exitCode).toBe(1);
  expect(lastOutcome(team.clone)).toMatchObject({
    outcome: 'failed',
    commit: await git(team.clone, 'rev-parse', 'HEAD'),
    error: { exitCode: refusal.code, kind: refusal.kind },
  });
  expect(ran.stdout).toBe('');
  expect(ran.stderr.match(/^✖ /gm), 'one message').toHaveLength(1);
  expect(ran.stderr, 'says what to do').toMatch(/^→ ./m);
  expect(ran.stderr, 'no stack trace').not.toMatch(/^ +at .*:\d+/m);

  const after = await stateOf(team);
  expect(after.clone).toEqual(before.clone);
  expect(after.remote).toBe(before.remote);
  // More objects than before are no harm: nothing refers to them.
  expect(after.store).toMatchObject(before.store);
  return ran;
}

async function stateOf(team: Team) {
  return {
    clone: await cloneState(team.clone),
    remote: await refsOf(team.remote),
    store: existsSync(team.store) ? filesBelow(team.store) : {},
  };
}

/** Pushes, and checks that exactly `pairs` (stems) are the dataset afterwards, complete, with `main` as it was. */
export async function expectPublished(
  team: Team,
  pairs: readonly string[],
  env: Record<string, string> = {},
): Promise<Ran> {
  const main = await git(team.remote, 'rev-parse', 'main');
  const clone = await cloneState(team.clone);
  const ran = await push(team.clone, [], env);
  record(ran.stderr);
  expect(ran.stderr).toContain('Published. The push to main was stopped on purpose');
  expect(lastOutcome(team.clone).outcome).toBe('published');
  const branch = await onlyDataBranch(team);
  for (const role of ['images', 'masks'] as const) {
    const names = Object.keys(await publishedFiles(team, branch, role));
    expect(names.map((name) => name.replace(/\.\w+$/, '')).sort()).toEqual([...pairs].sort());
  }
  expect(await rawFilesOnRemote(team)).toEqual([]);
  expect(await git(team.remote, 'rev-parse', 'main')).toBe(main);
  expect(await cloneState(team.clone)).toEqual(clone);
  return ran;
}

/** For reading all messages at once: `BAD_INPUT_MESSAGES=/tmp/messages.txt npx vitest run …`. */
function record(text: string): void {
  const file = process.env.BAD_INPUT_MESSAGES;
  if (file) appendFileSync(file, `\n━━ ${expect.getState().currentTestName}\n${text}\n`);
}
