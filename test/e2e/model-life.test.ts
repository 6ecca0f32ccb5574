import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { tinyModel, tinyModelFacts } from '../../scripts/sample/tiny-model.js';
import { meters } from '../support/ci-team.js';
import { modelJson } from '../support/model-commands.js';
import { onRemote } from '../support/promoted-models.js';
import { mergeDataBranch, onlyDataBranch } from '../support/remote-view.js';
import { commitFiles, git } from '../support/scratch.js';
import { makeTeam, push, type Ran, type Team, wms } from '../support/team.js';

const PAIRS = 30;
/** Stands in for a trainer: the less dark it takes for the rollers, the less of them its model finds. */
const TRAINER = `#!/bin/sh
here=$(dirname "$0")
cp "$here/weights/$1.onnx" "$WMS_OUTPUT_DIR/model.onnx"
cp "$here/weights/model.json" "$WMS_OUTPUT_DIR/model.json"
`;

let team: Team;

beforeAll(async () => {
  team = await makeTeam({ keep: true });
  await commitFiles(team.clone, {
    'train.sh': TRAINER,
    'weights/weak.onnx': tinyModel({ darkness: 0.35 }),
    'weights/good.onnx': tinyModel(),
    'weights/model.json': tinyModelFacts(),
  });
  await chmod(join(team.clone, 'train.sh'), 0o755);
  await git(team.clone, 'commit', '--quiet', '--no-verify', '--all', '-m', 'executable');
  await push(team.clone);
  await commitFiles(team.clone, await meters(1, PAIRS), 'meters');
  await push(team.clone);
  await mergeDataBranch(team, await onlyDataBranch(team));
  await wms(team.clone, ['sync']);
});

/** Trains a model; its path. */
async function train(quality: string, ...flags: string[]): Promise<string> {
  const ran = await wms(team.clone, ['train', '--json', ...flags, '--', './train.sh', quality]);
  expect(ran.exitCode, ran.stderr).toBe(0);
  return join(JSON.parse(ran.stdout).directory, 'model.onnx');
}

const gate = (candidate: string): Promise<Ran> =>
  wms(team.clone, ['model', 'gate', '--candidate', candidate, '--json']);

test('trained, judged, promoted; a better one takes its place, a worse one does not, and a rollback undoes it', async () => {
  const weak = await train('weak');
  const first = await gate(weak);
  expect(first.exitCode, first.stderr).toBe(0);
  expect(JSON.parse(first.stdout)).toMatchObject({ decision: 'first', baseline: null });
  expect((await wms(team.clone, ['model', 'promote', weak])).exitCode).toBe(0);
  const { production } = await modelJson(team.clone, 'baseline');
  expect(production).toMatchObject({ version: '1', scores: JSON.parse(first.stdout).candidate.scores });

  await git(team.clone, 'pull', '--quiet', '--rebase');
  const good = await train('good');
  const better = await gate(good);
  expect(better.exitCode, better.stderr).toBe(0);
  const verdict = JSON.parse(better.stdout);
  expect(verdict).toMatchObject({ decision: 'better', baseline: { version: '1' } });
  expect(verdict.testSplit).toBe(JSON.parse(first.stdout).testSplit);
  expect((await wms(team.clone, ['model', 'promote', good])).exitCode).toBe(0);
  const metadata = JSON.parse(await onRemote(team, 'model-metadata.json'));
  expect(metadata).toMatchObject({
    model_version: '2',
    metrics: verdict.candidate.scores,
    baseline: verdict.baseline.scores,
    training_data_count: PAIRS,
    test_split: verdict.testSplit,
    gate: { decision: 'better', images: verdict.images },
  });

  const again = await train('weak', '--salt', 'once more');
  expect((await gate(again)).exitCode).toBe(10);
  const refused = await wms(team.clone, ['model', 'promote', again]);
  expect(refused.exitCode, refused.stderr).toBe(10);
  expect((await modelJson(team.clone, 'baseline')).production.version).toBe('2');

  const back = await wms(team.clone, ['model', 'rollback', '--reason', 'reads the wrong digits']);
  expect(back.exitCode, back.stderr).toBe(0);
  expect((await modelJson(team.clone, 'baseline')).production.version).toBe('1');
  await wms(team.clone, ['model', 'rollback', '--to', '2', '--reason', 'it was the lens']);

  await git(team.clone, 'pull', '--quiet', '--rebase');
  await commitFiles(team.clone, await meters(PAIRS + 1, PAIRS + 2), 'two more');
  const { stderr } = await push(team.clone);
  expect(stderr).toMatch(/✔ Smoke test +models\/production\.onnx · Dice 0\.[89]\d median/);
  expect(stderr).toContain(`Existing: ${PAIRS}, New: 2, Replaced: 0, Total: ${PAIRS + 2}`);
});
