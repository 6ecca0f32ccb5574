import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { link, mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HARD_LINK, isTemporary, placeFile, removeLeftovers } from '../../src/clone/place-file.js';
import { isWmsError } from '../../src/errors.js';
import { makeDirectory } from '../support/scratch.js';

test('a full disk is named, and leaves neither a part under the final name nor a temporary file', async () => {
  const root = makeDirectory();
  const file = join(root, 'a.png');
  const failing = async (temporary: string) => {
    await writeFile(temporary, 'half');
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  };
  const error = await placeFile(file, failing).catch((caught: unknown) => caught);
  expect(isWmsError(error, 'local/disk-full')).toBe(true);
  expect(error).toMatchObject({ code: 5, message: expect.stringContaining(file) });
  expect(readdirSync(root)).toEqual([]);
});

test('missing directories are made; an existing file gives way whole', async () => {
  const file = join(makeDirectory(), 'deep/er/a.png');
  await placeFile(file, (temporary) => writeFile(temporary, 'one'));
  await placeFile(file, (temporary) => writeFile(temporary, 'two'));
  expect(readFileSync(file, 'utf8')).toBe('two');
});

test('a link to the very file that is there leaves no second name', async () => {
  const root = makeDirectory();
  const [cached, file] = [join(root, 'cached'), join(root, 'a.png')];
  await writeFile(cached, 'bytes');
  const makeLink = (temporary: string) => link(cached, temporary).then(() => HARD_LINK);
  for (let times = 0; times < 2; times++) await placeFile(file, makeLink);
  expect(readdirSync(root).sort()).toEqual(['a.png', 'cached']);
});

test('leftovers go when their process is gone, here at once, of other machines after a day', async () => {
  const root = makeDirectory();
  let own = '';
  await placeFile(join(root, 'a'), async (temporary) => {
    own = temporary;
    await writeFile(temporary, '');
  });
  const dead = own.replace(/-\d+-/, '-999999999-');
  const elsewhere = own.replace(/tmp-[0-9a-f]{8}-/, 'tmp-00000000-');
  const old = elsewhere.replace(/.$/, 'f0');
  for (const file of [own, dead, elsewhere, old]) await writeFile(file, '');
  await utimes(old, 0, 0);
  await mkdir(join(root, 'x'));
  await removeLeftovers([own, dead, elsewhere, old, join(root, 'a')]);
  expect([own, dead, elsewhere, old, join(root, 'a')].map((file) => existsSync(file))).toEqual([
    true,
    false,
    true,
    false,
    true,
  ]);
  expect(isTemporary(own)).toBe(true);
});
