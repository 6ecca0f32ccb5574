import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addTrainer, ci, ciMachine, meters, publish } from '../support/ci-team.js';
import { objectFile, pairsAt } from '../support/pairs-at.js';
import { mergeDataBranch } from '../support/remote-view.js';
import { commitFiles, git } from '../support/scratch.js';
import { joinTeam, type Team, wms } from '../support/team.js';
import { emptyTeamTemplate } from '../support/team-template.js';

let team: Team;
let branch: string;

const copy = emptyTeamTemplate(async (made) => {
  await addTrainer(made);
  branch = await publish(made, made.clone, await meters(1, 4));
});
const ready = async (keep: boolean) => {
  team = await copy({ keep });
};

/** A clone with a data branch of its own, at the published one. */
async function onBranch(name: string): Promise<string> {
  const machine = await ciMachine(team, branch);
  await git(machine, 'switch', '--quiet', '--create', name);
  return machine;
}

const tipOf = (name: string) => git(team.remote, 'rev-parse', name);

describe('check', () => {
  beforeAll(() => ready(true));

  test('says what the branch changes, from a clone that has something else checked out', async () => {
    const { facts, exitCode, stderr } = await ci(await joinTeam(team), 'check', branch);
    expect(exitCode, stderr).toBe(0);
    expect(facts).toMatchObject({ outcome: 'checked', branch, objects: 8, smoke: null });
    expect(facts.counts).toEqual({ existing: 0, new: 4, replaced: 0, removed: 0, renamed: 0, total: 4 });
  });

  test('refuses raw files in any commit, also in one that a later commit undoes', async () => {
    const machine = await onBranch('data/20260101-000001');
    await commitFiles(machine, await meters(9, 9));
    await git(machine, 'rm', '--quiet', '-r', 'data/training/images', 'data/training/masks');
    await git(machine, 'commit', '--quiet', '--no-verify', '-m', 'away again');
    await git(machine, 'push', '--quiet', '--no-verify', 'origin', 'HEAD');
    const { exitCode, stderr } = await ci(machine, 'check');
    expect(stderr).toContain('data/training/images/meter_9.jpg');
    expect(exitCode).toBe(3);
  });

  test('a pair that the hook never saw is checked', async () => {
    const machine = await onBranch('data/20260101-000002');
    const mask = 'data/training/masks.dvc';
    await git(machine, 'rm', '--quiet', mask);
    await git(machine, 'commit', '--quiet', '--no-verify', '-m', 'no masks');
    await git(machine, 'push', '--quiet', '--no-verify', 'origin', 'HEAD');
    const { exitCode, stderr } = await ci(machine, 'check');
    expect(stderr).toContain('meter_1.jpg');
    expect(exitCode).toBe(3);
  });

  test('what is no data branch is refused', async () => {
    for (const name of ['main', 'data/2026', 'data/20260101-000000', '$(touch x)']) {
      const { exitCode, stderr } = await ci(team.clone, 'check', name);
      expect(stderr).toContain(name);
      expect(exitCode).toBe(2);
    }
  });

  test('a missing object is named by its file', async () => {
    const gone = (await meters(3, 3))['data/training/masks/meter_3.png'] as Buffer;
    await rm(objectFile(team, gone));
    const { exitCode, stderr } = await ci(await joinTeam(team), 'check', branch);
    expect(stderr).toContain('data/training/masks/meter_3.png');
    expect(exitCode).toBe(5);
  });
});

describe('rebase', () => {
  beforeEach(() => ready(false));

  test('two branches at once: the second gets the pairs of the first, and its working tree moves along', async () => {
    const second = await publish(team, await joinTeam(team), await meters(5, 6));
    await mergeDataBranch(team, branch);
    const machine = await ciMachine(team, second);
    const { facts, exitCode, stderr } = await ci(machine, 'rebase');
    expect(exitCode, stderr).toBe(0);
    expect(facts).toMatchObject({ outcome: 'merged', branch: second, tip: await tipOf(second) });
    expect(await git(machine, 'rev-parse', 'HEAD')).toBe(facts.tip);
    expect(await git(machine, 'status', '--porcelain')).toBe('');
    expect(await pairsAt(team, second)).toEqual([1, 2, 3, 4, 5, 6].map((seed) => `meter_${seed}`));
    expect((await ci(machine, 'rebase')).facts).toMatchObject({ outcome: 'up-to-date', tip: facts.tip });
    expect((await ci(machine, 'check')).facts.counts).toMatchObject({ existing: 4, new: 2, total: 6 });
  });

  test('a pair that both changed is a conflict with the commands that end it, and these commands do', async () => {
    const other = await joinTeam(team);
    const [image, mask] = ['data/training/images/meter_1.jpg', 'data/training/masks/meter_1.png'];
    const drawn = await meters(7, 7);
    const second = await publish(team, other, {
      [image]: drawn['data/training/images/meter_7.jpg'] as Buffer,
      [mask]: drawn['data/training/masks/meter_7.png'] as Buffer,
    });
    await mergeDataBranch(team, branch);
    const before = await tipOf(second);
    const machine = await ciMachine(team, second);
    const { exitCode, stderr } = await ci(machine, 'rebase');
    expect(exitCode).toBe(6);
    expect(stderr).toContain('meter_1');
    expect(await tipOf(second)).toBe(before);
    const [, command = ''] = /npx wms (data merge origin\/main --take ours)/.exec(stderr) ?? [];
    const merged = await wms(machine, command.split(' '));
    expect(merged.exitCode, merged.stderr).toBe(0);
    await git(machine, 'push', '--quiet', 'origin', second);
    expect((await ci(machine, 'rebase')).facts).toMatchObject({ outcome: 'up-to-date' });
  });

  test('other files in conflict are named, and nothing is pushed', async () => {
    const machine = await ciMachine(team, branch);
    await commitFiles(machine, { 'train.sh': 'one' });
    await git(machine, 'push', '--quiet');
    const other = await joinTeam(team);
    await commitFiles(other, { 'train.sh': 'two' });
    await git(other, 'push', '--quiet');
    const before = await tipOf(branch);
    const { exitCode, stderr } = await ci(machine, 'rebase');
    expect(exitCode).toBe(6);
    expect(stderr).toContain('train.sh');
    expect(await tipOf(branch)).toBe(before);
  });
});

describe('train and decide', () => {
  beforeAll(() => ready(true));

  test('on two machines: the candidate and the verdict are found, and nothing is done twice', async () => {
    const own = await publish(team, await joinTeam(team), await meters(10, 35));
    const trained = await ci(await ciMachine(team, own), 'train');
    expect(trained.exitCode, trained.stderr).toBe(0);
    expect(trained.facts).toMatchObject({ outcome: 'trained', branch: own, version: '1' });
    const elsewhere = await ciMachine(team, own);
    expect((await ci(elsewhere, 'train')).facts).toMatchObject({ outcome: 'trained-before', version: '1' });
    const decided = await ci(elsewhere, 'decide');
    expect(decided.exitCode, decided.stderr).toBe(0);
    expect(decided.facts).toMatchObject({ decision: 'first', version: '1', branch: own });
    const again = await ci(await joinTeam(team), 'decide', own);
    expect(again.facts.decidedAt).toBe(decided.facts.decidedAt);
  });

  test('what is not checked out is not trained, and what is not trained not decided', async () => {
    const machine = await joinTeam(team);
    const train = await ci(machine, 'train');
    expect(train.exitCode).toBe(2);
    expect(train.stderr).toContain('is not a data branch');
    const decide = await ci(machine, 'decide', branch);
    expect(decide.exitCode).toBe(2);
    expect(decide.stderr).toContain('npx wms ci train');
  });

  test('a failure is told to whoever looks, without secrets, until the same job ends well', async () => {
    const machine = await ciMachine(team, branch);
    const summary = join(machine, '.git/summary.md');
    const env = { AWS_SECRET_ACCESS_KEY: 'canarySecret0123456789', GITHUB_STEP_SUMMARY: summary };
    const failing = [
      'ci',
      'train',
      '--',
      'sh',
      '-c',
      'echo "$AWS_SECRET_ACCESS_KEY"; echo CUDA out of memory; exit 7',
    ];
    const failed = await wms(machine, failing, env);
    expect(failed.exitCode, failed.stderr).toBe(7);
    const note = join(team.store, 'wms/ci', branch);
    const body = () => git(team.remote, 'show', `refs/wms/pr/${branch}:body.md`);
    const told = await wms(await joinTeam(team), ['ci', 'pr', branch]);
    expect(told.exitCode, told.stderr).toBe(0);
    expect(told.stdout).toContain('<code>train</code> failed (exit code 7)');
    expect(await body()).toBe(told.stdout.trimEnd());
    for (const text of [told.stdout, await readFile(summary, 'utf8'), await readFile(note, 'utf8')]) {
      expect(text).toContain('too little memory');
      expect(text).not.toContain('canary');
    }
    expect((await ci(machine, 'train')).exitCode).toBe(0);
    const { facts } = await ci(machine, 'pr');
    expect(facts).toMatchObject({ head: branch, base: 'main', title: 'data: 4 new (4 pairs in total)' });
    expect(facts.body).not.toContain('failed');
  });

  test('names that would be commands or markup are text', async () => {
    const own = await joinTeam(team);
    const drawn = await meters(40, 40);
    const name = '"$(touch pwned)" `touch pwned`\n<img src=x> @team [a](b)';
    const files = {
      [`data/training/images/${name}.jpg`]: drawn['data/training/images/meter_40.jpg'] as Buffer,
      [`data/training/masks/${name}.png`]: Buffer.from(await emptyMask(drawn)),
    };
    const evil = await publish(team, own, files);
    const machine = await ciMachine(team, evil);
    const checked = await ci(machine, 'check');
    expect(checked.exitCode, checked.stderr).toBe(0);
    expect(checked.facts.warnings).toHaveLength(1);
    const { body } = (await ci(machine, 'pr')).facts;
    expect(body).toContain('touch pwned');
    for (const markup of ['<img', '@team', '](b)', '`touch']) expect(body).not.toContain(markup);
    for (const place of [own, machine])
      expect(await git(place, 'status', '--porcelain')).not.toContain('pwned');
  });
});

/** A mask without foreground, which the checks warn of. */
async function emptyMask(drawn: Record<string, Buffer>): Promise<Buffer> {
  return sharp(drawn['data/training/masks/meter_40.png']).linear(0, 0).png().toBuffer();
}
