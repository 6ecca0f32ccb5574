import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandEnvironment } from '../../src/training/command/environment.pure.js';
import { findProgram } from '../../src/training/command/find-program.js';
import { pairUp } from '../../src/training/data/pairs.pure.js';
import { decideGroup, type Member } from '../../src/training/group/decide.pure.js';
import type { TrainJob } from '../../src/training/job.js';
import { type RunKeyParts, runKey } from '../../src/training/run-key.pure.js';
import { command } from '../../src/training/steps/command.js';
import { makeDirectory } from '../support/scratch.js';
import { silentReporter } from '../support/silent-reporter.js';

describe('the run key', () => {
  const parts: RunKeyParts = {
    command: ['python', 'train.py'],
    settings: { split: { train: 0.7, validation: 0.15, test: 0.15 } },
    code: 'a'.repeat(40),
    data: 'data',
    split: 'split',
    sampling: null,
    seed: '0',
    candidate: null,
    salt: '',
  };
  const changes: Partial<RunKeyParts>[] = [
    { command: ['python train.py'] },
    { settings: { split: { train: 0.8, validation: 0.1, test: 0.1 } } },
    { code: 'b'.repeat(40) },
    { data: 'other' },
    { split: 'other' },
    { sampling: { maxImages: 5, strategy: 'head', seed: '0' } },
    { sampling: { maxImages: 5, strategy: 'random', seed: '0' } },
    { seed: '1' },
    { candidate: 'unet' },
    { salt: 'again' },
  ];

  it('is the same for the same, and another for each other part', () => {
    const keys = [{}, ...changes].map((change) => runKey({ ...parts, ...change }));
    expect(runKey({ ...parts })).toBe(keys[0]);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('a command', () => {
  async function directory(files: Record<string, [content: string, mode: number]>): Promise<string> {
    const place = makeDirectory();
    for (const [name, [content, mode]] of Object.entries(files)) {
      await writeFile(join(place, name), content, { mode });
    }
    return place;
  }
  const problemOf = (place: string, command: string, env: NodeJS.ProcessEnv = process.env) =>
    findProgram(command, place, env).then(
      () => 'none',
      (error: { kind: string; why: string }) => error.kind,
    );

  it('is found beside the caller or on the PATH', async () => {
    const place = await directory({ 'train.sh': ['#!/bin/sh\n', 0o755] });
    expect(await findProgram('./train.sh', place, {})).toBe(join(place, 'train.sh'));
    expect(await findProgram('train.sh', '/', { PATH: `/nowhere:${place}` })).toBe(join(place, 'train.sh'));
    expect(await problemOf(place, process.execPath)).toBe('none');
  });

  it('is looked for on the machine where it runs, but for files of the repository', async () => {
    const place = await directory({ 'train.sh': ['#!/bin/sh\n', 0o755], 'no.sh': ['#!/bin/sh\n', 0o644] });
    const findings: { program?: string } = {};
    const lines = silentReporter();
    const run = (name: string) => {
      const tools = { commands: { elsewhere: 'the machine' }, git: { topLevel: place }, env: {} };
      const job = { tools, options: { command: [name], cwd: place }, directory: place, findings };
      return command.run(job as unknown as TrainJob, lines.step('Command'));
    };
    for (const name of ['python4', '/opt/python4/bin/python4', '../elsewhere.sh']) {
      await run(name);
      expect(findings.program).toBe(name);
    }
    await run('./train.sh');
    expect(findings.program).toBe(join(place, 'train.sh'));
    expect(lines.lines.at(-1)).toMatch(/\.\/train\.sh · on the machine · .* GB free/);
    await expect(run('./no.sh')).rejects.toMatchObject({ kind: 'train/not-executable' });
  });

  it('cannot start when it is not there, no file, not executable', async () => {
    const place = await directory({ 'train.sh': ['#!/bin/sh\n', 0o644] });
    await mkdir(join(place, 'train'));
    expect(await problemOf(place, './other.sh')).toBe('train/command-missing');
    expect(await problemOf(place, 'train.sh', { PATH: '/nowhere' })).toBe('train/command-missing');
    expect(await problemOf(place, './train')).toBe('train/not-executable');
    expect(await problemOf(place, './train.sh')).toBe('train/not-executable');
  });

  it.each([
    ['no first line', 'print("hello")\n'],
    ['no program of that name', '#!/usr/bin/no-such-python\n'],
    ['a program without its directory', '#!python\n'],
    ['line ends of Windows', '#!/bin/sh\r\necho hello\r\n'],
  ])('that is a script cannot start with %s', async (_, content) => {
    const place = await directory({ train: [content, 0o755] });
    expect(await problemOf(place, './train')).toBe('train/no-interpreter');
  });
});

describe('the environment of a command', () => {
  const facts = {
    dataDirectory: '/run/data',
    splitFile: '/run/split.json',
    outputDirectory: '/run',
    seed: '7',
    key: 'key',
    maxImages: null,
    candidate: null,
    tracking: null,
  };

  it('keeps what was there, but nothing of another run', () => {
    const env = commandEnvironment(
      { PATH: '/bin', WMS_CANDIDATE: 'old', MLFLOW_RUN_ID: 'old', EMPTY: undefined },
      facts,
    );
    expect(env).toEqual({
      PATH: '/bin',
      PYTHONUNBUFFERED: '1',
      WMS_DATA_DIR: '/run/data',
      WMS_SPLIT: '/run/split.json',
      WMS_OUTPUT_DIR: '/run',
      WMS_SEED: '7',
      WMS_RUN_KEY: 'key',
    });
  });
});

describe('pairs', () => {
  it('are images with their masks; what has no counterpart is told', () => {
    const file = (relpath: string) => ({ relpath, md5: `md5 of ${relpath}` });
    const images = ['a/1.jpg', 'a/2.jpg', 'b.png'].map(file);
    const masks = ['a/1.png', 'b.png', 'c.png'].map(file);
    const { pairs, unpaired } = pairUp({ images, masks });
    expect(pairs.map(({ relpath, maskPath }) => [relpath, maskPath])).toEqual([
      ['a/1.jpg', 'a/1.png'],
      ['b.png', 'b.png'],
    ]);
    expect(unpaired).toEqual(['images/a/2.jpg', 'masks/c.png']);
  });
});

describe('a group', () => {
  const member = (candidate: string, dice: number | null, iou = 0.5, testSplit = 't'): Member => ({
    candidate,
    directory: `/runs/${candidate}`,
    key: candidate,
    result: {
      model: candidate,
      scores: dice === null ? null : { dice, iou, images: 9, testSplit },
      reported: { dice: 1 },
      isUploaded: null,
    },
  });

  it('waits for everybody, and names who is missing', () => {
    const decision = decideGroup(['gru', 'lstm', 'prophet'], [member('lstm', 0.9)]);
    expect(decision).toEqual({ decision: 'waiting', missing: ['gru', 'prophet'] });
  });

  it('takes the best by mean Dice, then mean IoU, whatever the order', () => {
    const members = [member('a', 0.7), member('b', 0.8, 0.6), member('c', 0.8, 0.7)];
    for (const order of [members, members.toReversed()]) {
      expect(decideGroup(['a', 'b', 'c'], order)).toMatchObject({ best: { candidate: 'c' } });
    }
  });

  it('does not compare what cannot be compared', () => {
    expect(decideGroup([], [member('a', 0.7), member('b', null)])).toMatchObject({ decision: 'undecided' });
    const others = [member('a', 0.7), member('b', 0.8, 0.5, 'another split')];
    expect(decideGroup([], others)).toMatchObject({ decision: 'undecided' });
  });
});
