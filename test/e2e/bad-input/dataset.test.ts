import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parsePointer } from '../../../src/dataset/pointer.js';
import {
  expectPublished,
  expectRefused,
  IMAGES,
  MASKS,
  type Refusal,
  teamTemplate,
} from '../../support/bad-push.js';
import { pairFiles, picture } from '../../support/pictures.js';
import { onlyDataBranch } from '../../support/remote-view.js';
import { commitFiles, git, tryGit } from '../../support/scratch.js';
import type { Team } from '../../support/team.js';

const team = teamTemplate();
const POINTER = `${IMAGES}.dvc`;

interface PointerCase {
  readonly name: string;
  /** What becomes of the pointer's text. */
  readonly change: (text: string) => string;
  readonly kind: string;
  readonly says: Refusal['says'];
}

const POINTERS: readonly PointerCase[] = [
  {
    name: 'with conflict markers',
    change: (text) => `<<<<<<< HEAD\n${text}=======\n${text}>>>>>>> other\n`,
    kind: 'pointer/corrupt',
    says: [`The pointer ${POINTER} cannot be read`, 'conflict markers', 'npx wms data merge'],
  },
  {
    name: 'that is no YAML',
    change: (text) => text.replace('outs:', 'outs: ]'),
    kind: 'pointer/corrupt',
    says: [`The pointer ${POINTER} cannot be read`, 'It is not YAML', `git log -- ${POINTER}`],
  },
  {
    name: 'cut off in the middle of its MD5',
    change: (text) => text.slice(0, text.indexOf('md5:') + 20),
    kind: 'pointer/corrupt',
    says: [POINTER, /Its (md5 is "|output has no path)/],
  },
  {
    name: 'of two outputs',
    change: (text) => text + text.replace('outs:\n', ''),
    kind: 'pointer/corrupt',
    says: ['It names 2 outputs'],
  },
  { name: 'that is empty', change: () => '', kind: 'pointer/corrupt', says: ['It names no output'] },
  {
    name: 'of DVC 2',
    change: (text) => text.replace(/ *hash: md5\n/, ''),
    kind: 'pointer/legacy',
    says: ['was written by DVC 2', 'dvc cache migrate'],
  },
  {
    name: 'that leads out of the directory',
    change: (text) => text.replace('path: images', 'path: ../../../images'),
    kind: 'dataset/wrong-pointer',
    says: [`The pointer ${POINTER} is not one of the directory ${IMAGES}`, 'Its path leads to ../images'],
  },
  {
    name: 'of a single file',
    change: (text) => text.replace('.dir', ''),
    kind: 'dataset/wrong-pointer',
    says: [POINTER, 'the pointer of a single file'],
  },
];

for (const { name, change, kind, says } of POINTERS) {
  test(`pointer ${name}`, async () => {
    const here = await team();
    const good = readFileSync(join(here.clone, POINTER), 'utf8');
    await commitFiles(here.clone, { ...(await pairFiles([2])), [POINTER]: change(good) }, 'photos');
    await expectRefused(here, { code: 2, kind, says });
    await commitFiles(here.clone, { [POINTER]: good }, 'pointer as it was');
    await expectPublished(here, ['meter_1', 'meter_2']);
  });
}

test('pointer with unknown fields and comments: only the values change', async () => {
  const here = await team();
  const md5 = parsePointer(readFileSync(join(here.clone, POINTER), 'utf8'), POINTER).id;
  const text = (id: string, size: number, count: number) =>
    [
      '# where photos come from: ask Zoë',
      'x-team: {"tags": [a, b]}   # ours',
      'outs:',
      '- desc: "water: meters"',
      `  md5: ${id}`,
      `  size: ${size}`,
      '  x-source: >-',
      '    phone',
      `  nfiles: ${count}`,
      '  hash: md5',
      '  path: images',
      'meta:',
      '    who: 水',
      '',
    ].join('\n');
  const size = (await picture(1)).image.length;
  await commitFiles(here.clone, { [POINTER]: text(md5, size, 1) }, 'fields of our own');
  await commitFiles(here.clone, await pairFiles([2]), 'photos');
  await expectPublished(here, ['meter_1', 'meter_2']);
  const after = await git(here.remote, 'show', `${await onlyDataBranch(here)}:${POINTER}`);
  const id = parsePointer(after, POINTER).id;
  expect(id).not.toBe(md5);
  expect(`${after}\n`).toBe(text(id, size + (await picture(2)).image.length, 2));
});

function storeFile(here: Team, id: string): string {
  return join(here.store, 'files/md5', id.slice(0, 2), id.slice(2));
}

const pointedAt = (here: Team): string =>
  parsePointer(readFileSync(join(here.clone, POINTER), 'utf8'), POINTER).id;

/** Takes an object out of the store; what it returns puts it back. */
function takeAway(here: Team, id: string): () => void {
  const file = storeFile(here, id);
  renameSync(file, `${here.store}.taken`);
  return () => renameSync(`${here.store}.taken`, file);
}

test('manifest missing in the store', async () => {
  const here = await team();
  const id = pointedAt(here);
  const putBack = takeAway(here, id);
  await commitFiles(here.clone, await pairFiles([2]), 'photos');
  await expectRefused(here, {
    code: 5,
    kind: 'dataset/manifest-missing',
    says: [`The manifest ${id} is not in ${here.store}`, `${POINTER} names it`, 'dvc push'],
  });
  putBack();
  await expectPublished(here, ['meter_1', 'meter_2']);
});

test('manifest whose MD5 is wrong', async () => {
  const here = await team();
  const id = pointedAt(here);
  const file = storeFile(here, id);
  const good = readFileSync(file);
  chmodSync(file, 0o644);
  writeFileSync(file, good.toString().replace('meter_1', 'meter_7'));
  await commitFiles(here.clone, await pairFiles([2]), 'photos');
  await expectRefused(here, {
    code: 5,
    kind: 'dataset/manifest-damaged',
    says: [`The manifest ${id} in ${here.store} is damaged`, `${POINTER} names it`, 'dvc push'],
  });
  writeFileSync(file, good);
  await expectPublished(here, ['meter_1', 'meter_2']);
});

test('the image that a relabelled mask belongs to is missing in the store', async () => {
  const here = await team();
  const [{ md5 }] = JSON.parse(readFileSync(storeFile(here, pointedAt(here)), 'utf8'));
  const putBack = takeAway(here, md5);
  await commitFiles(here.clone, { [`${MASKS}/meter_1.png`]: (await picture(9)).mask }, 'relabelled');
  await expectRefused(here, {
    code: 5,
    kind: 'dataset/file-missing',
    says: [`${IMAGES}/meter_1.png is in the dataset, but not in ${here.store}`, md5, 'dvc push'],
  });
  putBack();
  await expectPublished(here, ['meter_1']);
});

test('the whole store is gone, as when its disk is not mounted', async () => {
  const here = await team();
  renameSync(here.store, `${here.store}.unmounted`);
  await commitFiles(here.clone, await pairFiles([2]), 'photos');
  await expectRefused(here, {
    code: 5,
    kind: 'dataset/manifest-missing',
    says: [`is not in ${here.store}`],
  });
  expect(existsSync(here.store)).toBe(false);
  renameSync(`${here.store}.unmounted`, here.store);
  await expectPublished(here, ['meter_1', 'meter_2']);
});

test('a pointer that Git cannot deliver is no reason to start an empty dataset', async () => {
  const here = await team();
  const blob = await git(here.clone, 'rev-parse', `HEAD:${POINTER}`);
  const object = join(here.clone, '.git/objects', blob.slice(0, 2), blob.slice(2));
  await unpackObjects(here.clone);
  const bytes = readFileSync(object);
  await commitFiles(here.clone, await pairFiles([2]), 'photos');
  rmSync(object, { force: true });
  await expectRefused(here, { code: 5, kind: 'git/object-missing', says: [blob, 'git fsck'] });
  writeFileSync(object, bytes, { mode: 0o444 });
  await expectPublished(here, ['meter_1', 'meter_2']);
});

/** Git objects as single files, so that one of them can go missing. */
async function unpackObjects(clone: string): Promise<void> {
  await git(clone, 'repack', '-q', '-a', '-d');
  const packs = join(clone, '.git/objects/pack');
  for (const name of readdirSync(packs).filter((file) => file.endsWith('.pack'))) {
    const input = readFileSync(join(packs, name));
    for (const file of readdirSync(packs)) rmSync(join(packs, file), { force: true });
    await tryGit(clone, ['unpack-objects', '-q'], { input });
  }
}
