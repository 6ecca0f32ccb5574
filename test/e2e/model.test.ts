import { existsSync, readFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { cloneState } from '../support/clone-state.js';
import { keepVerdict, TEST_SPLIT, verdictOn } from '../support/kept-verdicts.js';
import { gateAndPromote, modelFile, modelJson } from '../support/model-commands.js';
import { md5Of, onRemote, refuseOnRemote } from '../support/promoted-models.js';
import { commitFiles, git, writeFiles } from '../support/scratch.js';
import { joinTeam, makeTeam, type Team, wms } from '../support/team.js';

let team: Team;
beforeEach(async () => {
  team = await makeTeam();
});

const metadata = async () => JSON.parse(await onRemote(team, 'model-metadata.json'));

test('the life of two models: first, better, rolled back, and back again', async () => {
  const before = await cloneState(team.clone);
  expect(await modelJson(team.clone, 'baseline')).toMatchObject({ production: null });

  const first = await gateAndPromote(team.clone, 'one', null);
  expect(first.exitCode, first.stderr).toBe(0);
  expect(JSON.parse(first.stdout)).toEqual({
    outcome: 'promoted',
    registry: 'git origin/main',
    version: '1',
    replaced: null,
    model: md5Of('one'),
  });
  const run = {
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'team/meters',
    GITHUB_RUN_ID: '7',
  };
  const second = await gateAndPromote(team.clone, 'two', 'one', run);
  expect(second.stderr).toMatch(
    /✔ Gate +better than version 1 · Dice 0\.9000, IoU 0\.8200 on 12 test images/,
  );
  expect(second.stderr).toMatch(/✔ Production +version 2, in place of version 1 · git origin\/main/);
  expect(second.stderr).toContain('Undo     npx wms model rollback --reason TEXT');
  expect(await cloneState(team.clone)).toEqual(before);
  expect(await metadata()).toEqual({
    model_version: '2',
    run_id: null,
    metrics: { dice: 0.9, iou: 0.82 },
    baseline: { dice: 0.8, iou: 0.7 },
    trained_at: null,
    training_data_count: null,
    github_run: 'https://github.com/team/meters/actions/runs/7',
    model_md5: md5Of('two'),
    data_revision: null,
    test_split: TEST_SPLIT,
    gate: { decision: 'better', decided_at: '2026-11-21T10:15:00.000Z', images: 12 },
  });
  expect(await git(team.remote, 'rev-list', '--count', 'main')).toBe('3');

  const mate = await joinTeam(team);
  const back = await wms(mate, ['model', 'rollback', '--reason', 'blurred digits', '--json']);
  expect(JSON.parse(back.stdout)).toMatchObject({ outcome: 'rolled-back', version: '1', replaced: '2' });
  expect(await metadata()).toMatchObject({ model_version: '1', gate: null, github_run: null });
  expect(await modelJson(team.clone, 'baseline')).toMatchObject({
    production: { version: '1', model: md5Of('one') },
    promotion: { replaced: '2', reason: 'blurred digits', who: 'Ana Test <ana@example.com>' },
    unfinished: null,
  });

  await wms(mate, ['model', 'rollback', '--reason', 'it was the lens']);
  expect(await modelJson(team.clone, 'baseline')).toMatchObject({ production: { version: '2' } });
  const history = await modelJson(team.clone, 'history');
  expect(history.production).toBe('2');
  expect(history.versions.map(({ version }: { version: string }) => version)).toEqual(['2', '1']);
  expect(history.promotions.map(({ reason }: { reason: string }) => reason)).toEqual([
    'it was the lens',
    'blurred digits',
    'The gate says better.',
    'The gate says first.',
  ]);
  const named = await wms(mate, ['model', 'rollback', '--to', 'v1', '--reason', 'by name']);
  expect(named.stderr).toContain('Rolled back: version 1 is Production in place of version 2.');
});

test('what a run tells of its model is told by everything', async () => {
  const file = await modelFile('one');
  await writeFiles(dirname(file), {
    'wms-status.json': JSON.stringify({
      updatedAt: '2026-11-20T12:00:00.000Z',
      code: { commit: 'c'.repeat(40), isDirty: false },
      tracking: { uri: 'http://127.0.0.1', experiment: 'meters', runId: 'run-7' },
      data: { from: 'origin/main', commit: 'd'.repeat(40), pairs: 49 },
      split: { hash: 'x', testHash: 'y', train: 35, validation: 7, test: 7 },
      result: { model: md5Of('one'), scores: null, reported: null, isUploaded: null },
    }),
  });
  await keepVerdict(team.clone, verdictOn({ text: 'one' }, null));
  await wms(team.clone, ['model', 'promote', dirname(file)]);
  const { production } = await modelJson(team.clone, 'baseline');
  expect(production).toMatchObject({
    runId: 'run-7',
    dataRevision: 'd'.repeat(40),
    gitCommit: 'c'.repeat(40),
    trainedAt: '2026-11-20T12:00:00.000Z',
    trainingPairs: 49,
    scores: { dice: 0.9, iou: 0.82 },
  });
  expect(await metadata()).toMatchObject({ run_id: 'run-7', training_data_count: 49 });
  const again = await wms(team.clone, ['model', 'promote', 'run-7']);
  expect(again.stderr).toContain('Nothing to do: version 1 of git origin/main is that model.');
});

describe('what the gate has not let through', () => {
  const MAIN = () => git(team.remote, 'rev-parse', 'main');
  const refs = () => git(team.remote, 'for-each-ref');

  test.each([
    ['not-better', 10],
    ['undecided', 11],
  ] as const)('%s ends with %i', async (decision, code) => {
    await gateAndPromote(team.clone, 'one', null);
    await keepVerdict(team.clone, verdictOn({ text: 'two' }, { text: 'one' }, decision));
    const before = await refs();
    const { exitCode, stderr } = await wms(team.clone, ['model', 'promote', await modelFile('two')]);
    expect(exitCode, stderr).toBe(code);
    expect(stderr).toContain(`The gate says ${decision}.`);
    expect(await refs()).toBe(before);
  });

  test('another file under the name that was judged', async () => {
    await keepVerdict(team.clone, verdictOn({ text: 'judged' }, null));
    const file = await modelFile('other bytes');
    const { exitCode, stderr } = await wms(team.clone, ['model', 'promote', file]);
    expect(exitCode).toBe(11);
    expect(stderr).toContain(`→ npx wms model gate --candidate ${file}`);
  });

  test('Production changed since', async () => {
    const mate = await joinTeam(team);
    await gateAndPromote(team.clone, 'one', null);
    await gateAndPromote(mate, 'two', 'one');
    const before = await refs();
    for (const over of ['one', null]) {
      const { exitCode, stderr } = await gateAndPromote(team.clone, 'three', over);
      expect(exitCode).toBe(6);
      expect(stderr).toContain('Production has changed since the gate decided');
      expect(stderr).toContain('and is version 2.');
    }
    expect(await refs()).toBe(before);
  });

  test('--dry-run tells, and changes nothing', async () => {
    await keepVerdict(team.clone, verdictOn({ text: 'one' }, null));
    const before = await refs();
    const { exitCode, stderr } = await wms(team.clone, [
      'model',
      'promote',
      await modelFile('one'),
      '--dry-run',
    ]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Would make a new version Production. Nothing was changed.');
    expect(await refs()).toBe(before);
    expect(existsSync(team.store)).toBe(false);
    expect(await MAIN()).toBe(await git(team.clone, 'rev-parse', 'main'));
  });
});

test('two clones promote at once: one wins, the other ends with 6', async () => {
  await gateAndPromote(team.clone, 'one', null);
  const mate = await joinTeam(team);
  const ended = await Promise.all([
    gateAndPromote(team.clone, 'mine', 'one'),
    gateAndPromote(mate, 'theirs', 'one'),
  ]);
  expect(ended.map(({ exitCode }) => exitCode).toSorted()).toEqual([0, 6]);
  const winner = ended[0]?.exitCode === 0 ? 'mine' : 'theirs';
  expect(await modelJson(mate, 'baseline')).toMatchObject({ production: { model: md5Of(winner) } });
  expect(await metadata()).toMatchObject({ model_md5: md5Of(winner) });
  expect((await modelJson(mate, 'history')).promotions).toHaveLength(2);
});

test('a protected branch, an unreachable remote and a damaged registry.json each say what to do', async () => {
  await gateAndPromote(team.clone, 'one', null);
  const before = await git(team.remote, 'rev-parse', 'main');
  await refuseOnRemote(team, '[ "$ref" = refs/heads/main ] && { echo "GH006: protected"; exit 1; }');
  const refused = await gateAndPromote(team.clone, 'two', 'one');
  expect(refused.exitCode).toBe(4);
  expect(refused.stderr).toContain('origin does not let you push to main. Production is what it was.');
  expect(refused.stderr).toMatch(/git push origin [0-9a-f]{40}:refs\/heads\/model\/version-2/);
  expect(await git(team.remote, 'rev-parse', 'main')).toBe(before);

  await refuseOnRemote(team, ':');
  await git(team.clone, 'pull', '--quiet');
  await commitFiles(team.clone, { 'models/registry.json': '{}\n' });
  await git(team.clone, 'push', '--quiet', '--no-verify');
  for (const args of [['baseline'], ['history'], ['rollback', '--reason', 'x']]) {
    const { exitCode, stderr } = await wms(team.clone, ['model', ...args]);
    expect(exitCode).toBe(5);
    expect(stderr).toContain('models/registry.json of origin/main cannot be read');
  }
  expect((await gateAndPromote(team.clone, 'two', 'one')).exitCode).toBe(5);

  await rename(team.remote, `${team.remote}.away`);
  const offline = await wms(team.clone, ['model', 'baseline', '--json']);
  expect(offline).toMatchObject({ exitCode: 5, stdout: '' });
  expect(offline.stderr).toContain('cannot be reached');
});

test('compare puts side by side what was measured on the same test images, and only that', async () => {
  await gateAndPromote(team.clone, 'one', null);
  const better = { text: 'two', scores: { dice: 0.95, iou: 0.8 } };
  await keepVerdict(team.clone, verdictOn(better, { text: 'one' }));
  await wms(team.clone, ['model', 'promote', await modelFile('two')]);
  const same = await wms(team.clone, ['model', 'compare', '1', '2']);
  expect(same.stderr).toMatch(/^Dice +0\.9000 +0\.9500 +\+0\.0500$/m);
  expect(same.stderr).toMatch(/^IoU +0\.8200 +0\.8000 +-0\.0200$/m);

  await keepVerdict(team.clone, {
    ...verdictOn({ text: 'three' }, { text: 'two' }),
    testSplit: 'f'.repeat(32),
  });
  await wms(team.clone, ['model', 'promote', await modelFile('three')]);
  const { difference, notComparable } = await modelJson(team.clone, 'compare', 'v1', 'v3');
  expect(difference).toBeNull();
  expect(notComparable).toBe('they were scored on different test images');
  const unknown = await wms(team.clone, ['model', 'compare', '1', '9']);
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain('It has 3, 2, 1.');
});

test('metadata brings the file of the working tree to what is Production, and --check only looks', async () => {
  const check = () => wms(team.clone, ['model', 'metadata', '--check']);
  const file = join(team.clone, 'model-metadata.json');
  expect((await check()).exitCode).toBe(2);
  await gateAndPromote(team.clone, 'one', null);
  const absent = await check();
  expect(absent.exitCode).toBe(6);
  expect(absent.stderr).toContain('It is not there.');
  expect(existsSync(file)).toBe(false);
  expect(await modelJson(team.clone, 'metadata')).toMatchObject({ outcome: 'written' });
  expect(readFileSync(file, 'utf8')).toBe(await onRemote(team, 'model-metadata.json'));
  expect((await check()).exitCode).toBe(0);
  await writeFiles(team.clone, { 'model-metadata.json': readFileSync(file, 'utf8').replace('0.9', '0.99') });
  const wrong = await check();
  expect(wrong.exitCode).toBe(6);
  expect(wrong.stderr).toContain('"dice": 0.99');
});
