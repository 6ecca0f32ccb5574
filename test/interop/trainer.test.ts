import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { mean } from '../../src/model/metrics.js';
import { meterPairs } from '../support/meter-pairs.js';
import { modelJson } from '../support/model-commands.js';
import { peerCommand } from '../support/peers.js';
import { mergeDataBranch, onlyDataBranch } from '../support/remote-view.js';
import { git, writeFiles } from '../support/scratch.js';
import { makeTeam, PACKAGE_ROOT, push, type Team, wms } from '../support/team.js';

const TRAINER = 'examples/water-meters/train.py';

let team: Team;
let python: string;

beforeAll(async () => {
  python = await peerCommand('trainer');
  team = await makeTeam({ keep: true });
  await cp(join(PACKAGE_ROOT, TRAINER), join(team.clone, TRAINER));
  await git(team.clone, 'add', TRAINER);
  await git(team.clone, 'commit', '--quiet', '--no-verify', '-m', 'trainer');
  await push(team.clone);
  await writeFiles(team.clone, await meterPairs(60));
  await git(team.clone, 'add', '--all');
  await git(team.clone, 'commit', '--quiet', '-m', 'meters');
  await push(team.clone);
  await mergeDataBranch(team, await onlyDataBranch(team));
  await wms(team.clone, ['sync']);
});

test('a real trainer keeps the contract; its model beats a constant one, is judged, and promoted', async () => {
  const ran = await wms(team.clone, ['train', '--json', '--seed', '1', '--', python, TRAINER]);
  expect(ran.exitCode, ran.stderr).toBe(0);
  const { directory, result } = JSON.parse(ran.stdout);
  const candidate = join(directory, 'model.onnx');
  expect(result.scores.dice).toBeGreaterThan(await diceOfAllForeground(directory));

  const gate = await wms(team.clone, ['model', 'gate', '--candidate', candidate, '--json']);
  expect(gate.exitCode, gate.stderr).toBe(0);
  const verdict = JSON.parse(gate.stdout);
  expect(verdict.decision).toBe('first');
  expect(verdict.candidate.scores).toEqual({ dice: result.scores.dice, iou: result.scores.iou });

  const promoted = await wms(team.clone, ['model', 'promote', candidate]);
  expect(promoted.exitCode, promoted.stderr).toBe(0);
  expect((await modelJson(team.clone, 'baseline')).production.scores).toEqual(verdict.candidate.scores);
});

/** Mean Dice, on the test images of a run, of a model that takes every pixel for foreground. */
async function diceOfAllForeground(run: string): Promise<number> {
  const split = JSON.parse(await readFile(join(run, 'split.json'), 'utf8'));
  const each = await Promise.all(
    split.test.map(async ({ mask }: { mask: string }) => {
      const file = join(team.clone, 'data/training/masks', mask);
      const pixels = await sharp(file).extractChannel(0).raw().toBuffer();
      const share = pixels.filter((value) => value >= 127).length / pixels.length;
      return (2 * share) / (1 + share);
    }),
  );
  return mean(each);
}
