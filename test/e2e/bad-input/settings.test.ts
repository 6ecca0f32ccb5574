import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  expectPublished,
  expectRefused,
  IMAGES,
  lastOutcome,
  MASKS,
  type Refusal,
  teamTemplate,
} from '../../support/bad-push.js';
import { pairFiles, picture } from '../../support/pictures.js';
import { commitFiles, git } from '../../support/scratch.js';
import { dataBranches, push, type Team, wms } from '../../support/team.js';

const team = teamTemplate();
const CONFIG = 'wms.config.json';

interface Case {
  readonly name: string;
  /** Text of wms.config.json as it is committed. */
  readonly config: string;
  readonly says: Refusal['says'];
}

const CASES: readonly Case[] = [
  {
    name: 'broken JSON',
    config: '{\n  "dataset": { "images": "data/training/images", }\n}\n',
    says: [`${CONFIG} in refs/heads/main is not valid JSON`, 'line 2, column', '^', '→ correct the file'],
  },
  {
    name: 'an unknown key, and one misspelt inside a section',
    config: '{ "datset": {}, "smoke": { "maxImage": 3 } }\n',
    says: [
      `${CONFIG} in refs/heads/main has 2 problems`,
      'datset (line 1): is not a setting: did you mean dataset?',
      'smoke.maxImage (line 1): is not a setting: did you mean smoke.maxImages?',
    ],
  },
  {
    name: 'a dataset directory that leaves the repository',
    config: '{ "dataset": { "images": "../photos" } }\n',
    says: ['dataset.images (line 1): must stay inside the repository'],
  },
  {
    name: 'a dataset directory with an absolute path',
    config: '{ "dataset": { "masks": "/srv/masks" } }\n',
    says: ['dataset.masks (line 1): must be relative to the repository'],
  },
  { name: 'an empty file', config: '', says: [`${CONFIG} in refs/heads/main is empty`] },
  {
    name: 'bytes that are no text',
    config: '\u0000\u0001',
    says: [`${CONFIG} in refs/heads/main is not valid JSON`],
  },
];

for (const { name, config, says } of CASES) {
  test(`configuration: ${name}`, async () => {
    const here = await team();
    await commitFiles(here.clone, { ...(await pairFiles([2])), [CONFIG]: config }, 'photos');
    await expectRefused(here, { code: 2, kind: 'config/invalid', says });
    await commitFiles(here.clone, { [CONFIG]: '{}\n' }, 'good settings');
    await expectPublished(here, ['meter_1', 'meter_2']);
  });
}

test('configuration: a directory of that name is committed', async () => {
  const here = await team();
  await git(here.clone, 'rm', '--quiet', CONFIG);
  await commitFiles(here.clone, { ...(await pairFiles([2])), [`${CONFIG}/readme`]: 'what?\n' }, 'photos');
  await expectRefused(here, {
    code: 2,
    kind: 'config/invalid',
    says: [`${CONFIG} cannot be read`, 'directory'],
  });
  await git(here.clone, 'rm', '--quiet', '-r', CONFIG);
  await commitFiles(here.clone, { [CONFIG]: '{}\n' }, 'good settings');
  await expectPublished(here, ['meter_1', 'meter_2']);
});

/** What makes the file in the working tree unreadable, where the commit has none. */
const UNREADABLE: Record<string, (path: string) => void> = {
  'a link to itself': (path) => symlinkSync(CONFIG, path),
  'a directory': (path) => mkdirSync(path),
  'no permission': (path) => writeFileSync(path, '{}\n', { mode: 0 }),
};

for (const [name, spoil] of Object.entries(UNREADABLE)) {
  // Nothing is unreadable for root.
  const isPossible = name !== 'no permission' || process.getuid?.() !== 0;
  test.runIf(isPossible)(`configuration not committed, in the working tree: ${name}`, async () => {
    const here = await team();
    await git(here.clone, 'rm', '--quiet', CONFIG);
    await commitFiles(here.clone, await pairFiles([2]), 'photos');
    spoil(join(here.clone, CONFIG));
    await expectRefused(here, { code: 2, kind: 'config/invalid', says: [`${CONFIG} cannot be read`] });
    rmSync(join(here.clone, CONFIG), { recursive: true });
    await commitFiles(here.clone, { [CONFIG]: '{}\n' }, 'settings');
    await expectPublished(here, ['meter_1', 'meter_2']);
  });
}

/** A link in place of `at`, leading to a directory outside the repository that holds a pair. */
async function linkOutside(here: Team, at: string): Promise<void> {
  const outside = join(here.clone, '../outside');
  const { image, mask } = await picture(7);
  for (const [role, bytes] of [
    ['images', image],
    ['masks', mask],
  ] as const) {
    mkdirSync(join(outside, 'training', role), { recursive: true });
    writeFileSync(join(outside, 'training', role, 'secret.png'), bytes);
  }
  rmSync(join(here.clone, at), { recursive: true, force: true });
  mkdirSync(join(here.clone, at, '..'), { recursive: true });
  symlinkSync(join(outside, at.replace(/^data\/?/, '')), join(here.clone, at));
}

test('dataset directory that is a symbolic link', async () => {
  const here = await team();
  await linkOutside(here, IMAGES);
  const { image, mask } = await picture(2);
  await commitFiles(here.clone, { [`${MASKS}/meter_2.png`]: mask, [IMAGES.replace('images', 'x')]: '' });
  await git(here.clone, 'add', '--all');
  await git(here.clone, 'commit', '--quiet', '-m', 'a link');
  await expectRefused(here, {
    code: 2,
    kind: 'dataset/not-a-directory',
    says: [`The dataset directory ${IMAGES} is a symbolic link`, `→ Make ${IMAGES} a real directory`],
  });
  await git(here.clone, 'rm', '--quiet', IMAGES);
  await commitFiles(here.clone, { [`${IMAGES}/meter_2.png`]: image }, 'a directory');
  await expectPublished(here, ['meter_1', 'meter_2']);
});

test('dataset directory below a symbolic link: publishing the working tree does not leave the repository', async () => {
  const here = await team();
  await linkOutside(here, 'data');
  const { exitCode, stderr } = await wms(here.clone, ['publish', '--worktree']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`The dataset directory ${IMAGES} cannot be used: data is a symbolic link`);
  expect(await dataBranches(here)).toEqual([]);
});

test('a link inside a dataset directory: publishing the working tree does not follow it', async () => {
  const here = await team();
  await linkOutside(here, `${IMAGES}/elsewhere`);
  await commitFiles(here.clone, { '.gitignore': 'node_modules\ndata\n' });
  const { exitCode, stderr } = await wms(here.clone, ['publish', '--worktree']);
  expect(exitCode).toBe(3);
  expect(stderr).toContain(`${IMAGES}/elsewhere is a symbolic link`);
});

test('a failure before the first step replaces the outcome of the last publish', async () => {
  const here = await team();
  await commitFiles(here.clone, await pairFiles([2]), 'photos');
  await expectPublished(here, ['meter_1', 'meter_2']);
  await commitFiles(here.clone, { ...(await pairFiles([3])), '.dvc/config': '[core]\nremote = gone\n' });
  await push(here.clone);
  expect(lastOutcome(here.clone)).toMatchObject({
    outcome: 'failed',
    remote: 'origin',
    protectedBranch: 'main',
    error: { kind: 'config/unknown-remote', exitCode: 2 },
  });
});
