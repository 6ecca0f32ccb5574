import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import sharp from 'sharp';
import { beforeEach, expect, test } from 'vitest';
import { objectKey } from '../../src/ports/object-store.js';
import { md5Of } from '../support/manifests.js';
import { type MergeWay, mergePullRequest } from '../support/merge-ways.js';
import { pairFiles, picture } from '../support/pictures.js';
import { onlyDataBranch } from '../support/remote-view.js';
import { commitFiles, git, isolatedEnv, makeDirectory } from '../support/scratch.js';
import { commitVersion, directoryShelf, smallPairs, type Version } from '../support/stored-dataset.js';
import { joinTeam, makeTeam, PACKAGE_ROOT, push, type Team, wms } from '../support/team.js';
import { teamWithDataset } from '../support/team-with-dataset.js';

let team: Team;
let clone: string;
beforeEach(async () => {
  team = await makeTeam();
  clone = team.clone;
});

const commit = (version: Version) => commitVersion(clone, directoryShelf(team.store), version);
const diff = (...args: string[]) => wms(clone, ['data', 'diff', ...args]);
const stored = (id: string) => join(team.store, objectKey(id));
const idOf = async (role: string, revision = 'HEAD') =>
  /md5: (\S+)/.exec(await git(clone, 'show', `${revision}:data/training/${role}.dvc`))?.[1] ?? '';

test('what a data branch brings, also after main went on', async () => {
  const { team, clone } = await teamWithDataset([1, 2]);
  const relabelled = { 'data/training/masks/meter_2.png': (await picture(20)).mask };
  await commitFiles(clone, { ...(await pairFiles([3])), ...relabelled });
  expect((await push(clone)).exitCode).toBe(1);
  const branch = await onlyDataBranch(team);
  const host = await joinTeam(team);
  await commitFiles(host, { 'README.md': 'main goes on\n' });
  await git(host, 'push', '--quiet', 'origin', 'main');

  const { exitCode, stdout } = await wms(clone, ['data', 'diff', 'origin/main', branch]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('2 → 3 pairs: 1 added, 1 replaced (1 mask).');
  expect(stdout).toContain('  added     meter_3\n  replaced  meter_2  (mask)');

  await git(clone, 'fetch', '--quiet');
  await git(clone, 'checkout', '--quiet', `origin/${branch}`);
  const here = await wms(clone, ['data', 'diff']);
  expect(here.stdout).toContain('HEAD where it left origin/main (');
  expect(here.stdout).toContain('2 → 3 pairs: 1 added, 1 replaced (1 mask).');
  const back = await wms(clone, ['data', 'diff', 'HEAD', 'origin/main', '--json']);
  expect(JSON.parse(back.stdout).counts).toMatchObject({ added: 0, removed: 1, replaced: 1 });
});

test.each<MergeWay>(['merge', 'squash', 'rebase'])('after a %s, nothing is left to tell', async (way) => {
  const { team, clone } = await teamWithDataset([1]);
  await commitFiles(clone, await pairFiles([2]));
  await push(clone);
  const branch = await onlyDataBranch(team);
  await git(clone, 'fetch', '--quiet');
  await mergePullRequest(team, branch, way);
  await git(clone, 'fetch', '--quiet');
  const same = await wms(clone, ['data', 'diff', `origin/${branch}`, 'origin/main']);
  expect(same.stdout).toContain('The same version of the dataset.');
});

test('revisions are understood as git diff understands them', async () => {
  await commit(smallPairs(1));
  await git(clone, 'push', '--quiet', '--no-verify');
  await git(clone, 'checkout', '--quiet', '-b', 'side');
  await commit(smallPairs(3));
  await git(clone, 'checkout', '--quiet', 'main');
  await commit(smallPairs(2));
  const first = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await diff(...args);
    return exitCode === 0 ? stdout.split('\n')[1] : stderr;
  };
  const more = (from: number, to: number) => `${from} → ${to} pairs: ${to - from} added.`;
  expect(await first()).toBe(more(1, 2));
  expect(await first('HEAD~1')).toBe(more(1, 2));
  expect(await first('main', 'side')).toBe(more(2, 3));
  expect(await first('main..side')).toBe(more(2, 3));
  expect(await first('main...side')).toBe(more(1, 3));
  expect(await first('side')).toBe('3 → 2 pairs: 1 removed.');
  expect(await first('HEAD~2')).toBe(more(0, 2));
  expect(await first('nope')).toContain('There is no revision "nope".');
  expect((await diff('nope')).exitCode).toBe(2);
  expect((await diff('HEAD~2', 'HEAD~2')).exitCode).toBe(2);
});

test('only the manifests that differ are read: neither equal ones nor any object', async () => {
  const version = smallPairs(3);
  await commit(version);
  await commit({ ...version, 'masks/meter_1.png': 'relabelled' });
  const manifests = [await idOf('images'), await idOf('masks'), await idOf('masks', 'HEAD~1')];
  rmSync(join(team.store, 'files/md5'), { recursive: true });
  const same = await diff('HEAD', 'HEAD');
  expect([same.exitCode, same.stdout]).toEqual([0, expect.stringContaining('The same version')]);
  const gone = await diff('HEAD~1');
  expect(gone.exitCode).toBe(5);
  expect(gone.stderr).toMatch(/The manifest \w+\.dir is neither in .* nor here/);
  expect(gone.stderr).toMatch(/npx wms data verify \w{10} --repair/);

  await commit(version);
  await commit({ ...version, 'masks/meter_1.png': 'relabelled' });
  for (const text of [...Object.values(version), 'relabelled']) rmSync(stored(md5Of(text)));
  const found = await diff('HEAD~1');
  expect(found.stdout).toContain('3 → 3 pairs: 1 replaced (1 mask).');
  expect(found.stderr).toContain('3 read');
  expect(manifests.every((id) => existsSync(join(clone, '.dvc/cache', objectKey(id))))).toBe(true);
});

/** A photo whose EXIF data say that it lies on its side, and masks that fit it as people see it. */
async function turned() {
  const { image, mask } = await picture(1, 60);
  const photo = await sharp(image).extract({ left: 0, top: 0, width: 60, height: 30 }).toBuffer();
  const other = (await picture(5, 60)).mask;
  const upright = (bytes: Buffer) =>
    sharp(bytes).extract({ left: 0, top: 0, width: 30, height: 60 }).png().toBuffer();
  return {
    image: await sharp(photo).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    masks: [await upright(mask), await upright(other)] as const,
  };
}

async function pictures(page: string) {
  const found = [...page.matchAll(/<img [^>]*alt="([^"]*)" src="data:image\/\w+;base64,([^"]*)"/g)];
  return Promise.all(
    found.map(async ([, alt, data]) => ({ alt, bytes: Buffer.from(String(data), 'base64') })),
  );
}

test('the page shows photos upright with both outlines, and old and new mask', async () => {
  const { image, masks } = await turned();
  const street = await picture(9);
  const pair = (mask: Buffer) => ({ 'images/m & <b>.jpg': image, 'masks/m & <b>.png': mask });
  const gone = { 'images/gone.png': street.image, 'masks/gone.png': street.mask };
  await commit({ ...pair(masks[0]), ...gone });
  const come = await picture(11);
  await commit({ ...pair(masks[1]), 'images/come.png': come.image, 'masks/come.png': come.mask });
  const file = join(makeDirectory(), 'pages', 'diff.html');
  const { exitCode, stdout, stderr } = await diff('HEAD~1', '--html', file);
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toContain('2 → 2 pairs: 1 added, 1 replaced (1 mask), 1 removed.');
  expect(stderr).toContain(`✔ Page          ${file}`);

  const page = readFileSync(file, 'utf8');
  expect(page).not.toContain('<b>.');
  const shown = await pictures(page);
  expect(shown.map(({ alt }) => alt)).toEqual([
    'm &amp; &lt;b&gt;: photo with the outlines of its mask before and after',
    'm &amp; &lt;b&gt;: mask before',
    'm &amp; &lt;b&gt;: mask after',
    'come: photo after, with the outline of its mask',
    'gone: photo before, with the outline of its mask',
  ]);
  const [photo, before, after] = shown.map(({ bytes }) => bytes);
  const { width = 0, height = 0 } = await sharp(photo).metadata();
  expect(height).toBe(2 * width);
  const values = async (bytes?: Buffer) => new Set(await sharp(bytes).greyscale().raw().toBuffer());
  expect(await values(before)).toEqual(new Set([0, 255]));
  expect(Buffer.compare(before!, after!)).not.toBe(0);
  const pixels = await sharp(photo).raw().toBuffer();
  const hasColour = (test: (r: number, g: number, b: number) => boolean) => {
    for (let at = 0; at < pixels.length; at += 3)
      if (test(pixels[at]!, pixels[at + 1]!, pixels[at + 2]!)) return true;
    return false;
  };
  expect(hasColour((r, g, b) => g - r > 90 && b - r > 70)).toBe(true);
  expect(hasColour((r, g, b) => r - g > 70 && r - b > 90)).toBe(true);
});

test('lost, damaged and undecodable objects are named where they would be shown', async () => {
  const [one, two] = [await picture(1), await picture(2)];
  await commit({
    'images/a.png': one.image,
    'masks/a.png': one.mask,
    'images/b.png': one.image,
    'masks/b.png': one.mask,
  });
  await commit({
    'images/a.png': one.image,
    'masks/a.png': two.mask,
    'images/b.png': 'no picture at all',
    'masks/b.png': one.mask,
    'images/c.png': two.image,
    'masks/c.png': (await picture(3)).mask,
  });
  rmSync(stored(md5Of(two.mask)));
  chmodSync(stored(md5Of(two.image)), 0o644);
  writeFileSync(stored(md5Of(two.image)), 'damaged');
  const file = join(makeDirectory(), 'diff.html');
  const { exitCode, stderr } = await diff('HEAD~1', '--html', file);
  expect(exitCode).toBe(0);
  expect(stderr).toContain('3 of 3 pairs could not be drawn completely');
  const page = readFileSync(file, 'utf8');
  const problems = [...page.matchAll(/<p class="problem">([^<]*)/g)].map(([, text]) => text);
  expect(problems).toEqual([
    'mask after: not in the store',
    'image after: cannot be decoded',
    'image after: damaged in the store',
  ]);
});

test('a page that cannot be written is no bug, and nothing half-written stays', async () => {
  await commit(smallPairs(1));
  const { exitCode, stderr } = await diff('HEAD~1', '--html', clone);
  expect(exitCode).toBe(6);
  expect(stderr).toContain(`${clone} cannot be used.`);
});

test('whoever reads only the first lines of a long answer gets no error', async () => {
  await commit(smallPairs(1));
  const many = Object.fromEntries(
    Array.from({ length: 2000 }, (_, at) => [`images/${at}.png`, 'the same photo']),
  );
  await commit(many);
  const command = `"$NODE" "$WMS" data diff HEAD~1 --json | head -n 1`;
  const env = { NODE: process.execPath, WMS: join(PACKAGE_ROOT, 'bin/wms.js') };
  const { stdout, stderr } = await execa('sh', ['-c', command], {
    cwd: clone,
    env: isolatedEnv(env),
    extendEnv: false,
  });
  expect(stdout).toBe('{');
  expect(stderr).toBe('  ✔ Manifests     4 read');
});
