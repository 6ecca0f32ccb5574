import { expect, test } from 'vitest';
import { openGitRepository } from '../../src/adapters/git/repository.js';
import { keepPictures, picturesMarkdown } from '../../src/ci/pictures.js';
import type { CiTools } from '../../src/ci/tools.js';
import type { DrawnPair } from '../../src/model/gate/changes.js';
import { commitFiles, git, isolatedEnv, makeRemote, makeRepository } from '../support/scratch.js';

const WHEN = new Date('2026-11-30T10:00:00Z');
const target = { remote: 'origin', branch: 'data/20261130-100000' };
const REF = `refs/wms/pictures/${target.branch}`;

const scored = (dice: number) => ({ dice, iou: dice, intersection: 0, predicted: 0, truth: 0 });
function pair(name: string, before: number, after: number, bytes = 20): DrawnPair {
  return {
    name,
    candidate: scored(after) as unknown as DrawnPair['candidate'],
    baseline: scored(before) as unknown as DrawnPair['baseline'],
    jpeg: Buffer.alloc(bytes, name),
  };
}

async function place() {
  const clone = await makeRepository();
  await git(clone, 'remote', 'add', 'origin', await makeRemote());
  await commitFiles(clone, { 'README.md': 'x' });
  const tools = { git: await openGitRepository({ cwd: clone, env: isolatedEnv() }) } as unknown as CiTools;
  return { clone, keep: (drawn: readonly DrawnPair[]) => keepPictures(tools, target, drawn, WHEN) };
}

test('the largest losses are kept under a ref of their own, the same again, and others in their place', async () => {
  const { clone, keep } = await place();
  const drawn = [pair('a.jpg', 0.9, 0.1), pair('b.jpg', 0.9, 0.5), pair('up.jpg', 0.1, 0.9)];
  const kept = await keep(drawn);
  expect(kept?.pairs).toEqual([
    { file: '1.jpg', name: 'a.jpg' },
    { file: '2.jpg', name: 'b.jpg' },
  ]);
  expect(await git(clone, 'ls-remote', 'origin')).toBe(`${kept?.commit}\t${REF}`);
  expect(await git(clone, 'ls-tree', '--name-only', kept?.commit ?? '')).toBe('1.jpg\n2.jpg');
  expect(await keep(drawn)).toEqual(kept);
  const other = await keep(drawn.slice(1));
  expect(other?.commit).not.toBe(kept?.commit);
  expect(await git(clone, 'ls-remote', 'origin')).toBe(`${other?.commit}\t${REF}`);
});

test('four at most, 200 kB at most, and none where nothing got worse', async () => {
  const { clone, keep } = await place();
  const many = Array.from({ length: 9 }, (_, at) => pair(`${at}.jpg`, 0.9, at / 100));
  expect((await keep(many))?.pairs).toHaveLength(4);
  const large = many.map(({ name }) => pair(name, 0.9, 0.1, 90_000));
  expect((await keep(large))?.pairs).toHaveLength(2);
  const before = await git(clone, 'ls-remote', 'origin');
  expect(await keep([pair('up.jpg', 0.1, 0.9), { ...pair('first.jpg', 0, 0.1), baseline: null }])).toBeNull();
  expect(await git(clone, 'ls-remote', 'origin')).toBe(before);
});

test('a name is text in the comment, not markup; without pages, the command that gets the pictures', () => {
  const pictures = { commit: 'c0ffee', pairs: [{ file: '1.jpg', name: 'a](http://evil) | <b> @team.jpg' }] };
  const url = (commit: string, path: string) =>
    `https://github.com/team/meters/blob/${commit}/${path}?raw=true`;
  const shown = picturesMarkdown({ pictureUrl: url }, target, pictures);
  expect(shown).toContain('](https://github.com/team/meters/blob/c0ffee/1.jpg?raw=true) |');
  for (const evil of ['](http://', '<b>', ' @team']) expect(shown).not.toContain(evil);
  expect(picturesMarkdown({ pictureUrl: () => null }, target, pictures)).toContain(
    `git fetch origin ${REF} && git show FETCH_HEAD:1.jpg`,
  );
});
