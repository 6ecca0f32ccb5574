import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openGitRepository } from '../../src/adapters/git/repository.js';
import { configSchema } from '../../src/config/schema.js';
import { readBaseline } from '../../src/model/baseline.js';
import { readUnfinished } from '../../src/model/promotion/journal.js';
import { promote } from '../../src/model/promotion/promote.js';
import { rollback } from '../../src/model/promotion/rollback.js';
import type { PromotionTools } from '../../src/model/promotion/tools.js';
import { UNTOLD } from '../../src/ports/registry.js';
import { FakeTiming } from '../support/fake-timing.js';
import { keepVerdict, verdictOn } from '../support/kept-verdicts.js';
import { Death, MemoryRegistry } from '../support/memory-registry.js';
import { modelFile } from '../support/model-commands.js';
import { md5Of, onRemote, refuseOnRemote } from '../support/promoted-models.js';
import { commitFiles, git, isolatedEnv } from '../support/scratch.js';
import { silentReporter } from '../support/silent-reporter.js';
import { makeTeam, type Team } from '../support/team.js';

/** Two systems that change one after the other: a registry elsewhere, and the file on the protected branch. */
let team: Team;
let registry: MemoryRegistry;
let tools: PromotionTools;
beforeEach(async () => {
  team = await makeTeam();
  registry = new MemoryRegistry();
  tools = {
    git: await openGitRepository({ cwd: team.clone, env: isolatedEnv() }),
    config: configSchema.parse({}),
    registry,
    reporter: silentReporter(),
    clock: { now: () => new Date('2026-11-22T08:00:00Z') },
    timing: new FakeTiming(),
  };
});

async function promoteText(text: string, over: string | null) {
  await keepVerdict(team.clone, verdictOn({ text }, over === null ? null : { text: over }));
  return promote(tools, {
    name: await modelFile(text),
    cwd: team.clone,
    reason: undefined,
    githubRun: null,
    dryRun: false,
  });
}

async function told() {
  return JSON.parse(await onRemote(team, 'model-metadata.json'));
}

const baseline = async () => readBaseline(registry, await readUnfinished(tools.git.commonDir));
const journal = () => join(team.clone, '.git/wms/promotion.json');

test('the registry first, then one commit of the metadata on the protected branch', async () => {
  await promoteText('one', null);
  await promoteText('two', 'one');
  expect(await told()).toMatchObject({ model_version: '2', model_md5: md5Of('two'), gate: { images: 12 } });
  expect(await git(team.remote, 'log', '--format=%s', 'main')).toBe(
    [
      'model: model-metadata.json tells of version 2',
      'model: model-metadata.json tells of version 1',
      'set up',
    ].join('\n'),
  );
  expect(existsSync(journal())).toBe(false);
});

describe('killed, and run again: one state in the end', () => {
  test.each([
    ['register', 'before'],
    ['register', 'after'],
    ['promote', 'before'],
    ['promote', 'after'],
  ] as const)('at %s, %s its effect', async (call, when) => {
    await promoteText('one', null);
    registry.dieAt(call, when);
    await expect(promoteText('two', 'one')).rejects.toBeInstanceOf(Death);
    await promoteText('two', 'one');
    expect(await registry.production()).toMatchObject({ version: '2', model: md5Of('two') });
    expect(await registry.versions()).toHaveLength(2);
    expect(await registry.promotions()).toHaveLength(2);
    expect(await told()).toMatchObject({ model_version: '2', gate: { decision: 'better' } });
    expect(await baseline()).toMatchObject({ unfinished: null });
    expect(existsSync(journal())).toBe(false);
  });

  test('between registry and metadata, baseline tells it, and the next promotion of another one ends it', async () => {
    await promoteText('one', null);
    registry.dieAt('promote', 'after');
    await expect(promoteText('two', 'one')).rejects.toBeInstanceOf(Death);
    expect(await told()).toMatchObject({ model_version: '1' });
    expect(await baseline()).toMatchObject({ production: { version: '2' }, unfinished: '2' });
    await expect(promoteText('three', 'one')).rejects.toMatchObject({ kind: 'registry/changed', code: 6 });
    expect(await told()).toMatchObject({ model_version: '2', model_md5: md5Of('two') });
    expect(await baseline()).toMatchObject({ unfinished: null });
  });

  test('on another machine, which has no journal: promoting the same model completes it', async () => {
    await promoteText('one', null);
    registry.dieAt('promote', 'after');
    await expect(promoteText('two', 'one')).rejects.toBeInstanceOf(Death);
    rmSync(journal());
    expect(await promoteText('two', 'one')).toMatchObject({ outcome: 'already-production', version: '2' });
    expect(await told()).toMatchObject({
      model_version: '2',
      metrics: { dice: 0.9, iou: 0.82 },
      baseline: { dice: 0.9, iou: 0.82 },
    });
  });

  test('a promotion that came to nothing is forgotten when somebody else promoted meanwhile', async () => {
    await promoteText('one', null);
    registry.dieAt('promote', 'before');
    await expect(promoteText('two', 'one')).rejects.toBeInstanceOf(Death);
    const three = await registry.register({ model: Buffer.from('three'), facts: null }, UNTOLD);
    const by = { who: 'Ben', reason: 'x', at: '2026-11-22T08:00:00Z', files: new Map() };
    await registry.promote({ version: three.version, expected: '1', ...by });
    await expect(promoteText('two', 'one')).rejects.toMatchObject({ kind: 'registry/changed' });
    expect(await told()).toMatchObject({ model_version: '1' });
    expect(existsSync(journal())).toBe(false);
  });

  test('a rollback', async () => {
    await promoteText('one', null);
    await promoteText('two', 'one');
    const back = () =>
      rollback(tools, { to: undefined, reason: 'bad', githubRun: null, confirm: async () => true });
    registry.dieAt('promote', 'after');
    await expect(back()).rejects.toBeInstanceOf(Death);
    expect(await told()).toMatchObject({ model_version: '2' });
    const named = { to: '1', reason: 'bad', githubRun: null, confirm: async () => true };
    expect(await rollback(tools, named)).toMatchObject({ outcome: 'already-production' });
    expect(await told()).toMatchObject({ model_version: '1', gate: null });
  });
});

test('a branch that forbids the metadata says so; allowed again, the same command ends it', async () => {
  await refuseOnRemote(team, 'echo GH006; exit 1');
  const error = await promoteText('one', null).catch((thrown) => thrown);
  expect(error).toMatchObject({ kind: 'registry/refused', code: 4 });
  expect(error.message).toContain('Version 1 is Production, but model-metadata.json does not tell it yet.');
  await refuseOnRemote(team, ':');
  await promoteText('one', null);
  expect(await told()).toMatchObject({ model_version: '1', gate: { decision: 'first' } });
  expect(await registry.promotions()).toHaveLength(1);
});

test('a person who says no to a rollback changes nothing', async () => {
  await promoteText('one', null);
  await promoteText('two', 'one');
  const questions: string[] = [];
  const confirm = async (question: string) => questions.push(question) === 0;
  expect(await rollback(tools, { to: '1', reason: 'x', githubRun: null, confirm })).toMatchObject({
    outcome: 'declined',
  });
  expect(questions).toEqual(['Make version 1 Production in place of version 2?']);
  expect(await registry.production()).toMatchObject({ version: '2' });
});

test('the first model has nothing before it', async () => {
  await promoteText('one', null);
  const options = { to: undefined, reason: 'x', githubRun: null, confirm: async () => true };
  await expect(rollback(tools, options)).rejects.toMatchObject({
    kind: 'registry/nothing-before',
    code: 2,
    why: 'version 1 is the first one.',
  });
});

test('no commit is made over a branch that somebody changed: the metadata go on top', async () => {
  await promoteText('one', null);
  await git(team.clone, 'pull', '--quiet');
  await commitFiles(team.clone, { 'train.py': 'v2' });
  await git(team.clone, 'push', '--quiet', '--no-verify');
  await promoteText('two', 'one');
  expect(await onRemote(team, 'train.py')).toBe('v2\n');
});
