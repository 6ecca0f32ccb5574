import { expect, it } from 'vitest';
import { renderDiffPage } from '../../src/dataset/diff/page/page.js';
import type { PairPictures } from '../../src/dataset/diff/page/pictures.js';
import { chooseSubjects } from '../../src/dataset/diff/page/sources.pure.js';
import type { PairDiff } from '../../src/dataset/diff/pair-diff.pure.js';

const EVIL = `"><script>alert('x')</script>&`;
const sides = {
  from: { revision: 'origin/main', commit: 'a'.repeat(40) },
  to: { revision: EVIL, commit: 'b'.repeat(40) },
};

function pair(name: string, change: PairDiff['change'], renamedFrom: string | null = null): PairDiff {
  return {
    pair: name,
    change,
    renamedFrom,
    files: [{ role: 'masks', path: `${name}.png`, before: '1', after: '2' }],
  };
}

function drawn(name: string, agreement: number | null, problems: readonly string[] = []): PairPictures {
  const bytes = Buffer.from(`picture of ${name}`);
  return {
    pair: pair(name, 'replaced'),
    pictures: [{ type: 'image/jpeg', bytes, kind: 'photo', version: 'both' }],
    problems,
    agreement,
  };
}

const pageOf = (
  pairs: readonly PairDiff[],
  pictures: readonly PairPictures[],
  unpaired: readonly PairDiff[] = [],
) =>
  renderDiffPage({ sides, diff: { total: { before: 3, after: 4 }, pairs, unpaired }, pictures, store: EVIL });

it('escapes every name, and asks nothing of any network', () => {
  const pairs = [pair(EVIL, 'replaced'), pair(EVIL, 'renamed', EVIL), pair(EVIL, 'removed')];
  const page = pageOf(pairs, [drawn(EVIL, 0.5, [EVIL])], [pair(EVIL, 'added')]);
  expect(page).not.toContain('<script');
  expect(page).toContain('&quot;&gt;&lt;script&gt;');
  expect(page).toContain(`content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"`);
  expect(page).not.toMatch(/https?:|<link|url\(|@import/);
});

it('describes every picture for those who do not see it', () => {
  const page = pageOf([pair('a\nb', 'replaced')], [drawn('a\nb', null)]);
  const images = page.match(/<img [^>]*>/g) ?? [];
  expect(images).toHaveLength(1);
  expect(images[0]).toContain(
    'alt="&quot;a\\nb&quot;: photo with the outlines of its mask before and after"',
  );
  expect(images[0]).toContain(Buffer.from('picture of a\nb').toString('base64'));
});

it('shows what changed most first, and what could not be drawn', () => {
  const names = ['a', 'b', 'c'];
  const page = pageOf(
    names.map((name) => pair(name, 'replaced')),
    [drawn('a', 0.9), drawn('b', 0.1), drawn('c', null, ['mask before: not in the store'])],
  );
  const at = (name: string) => page.indexOf(`<span class="path">${name}</span>`);
  expect([at('b'), at('a'), at('c')]).toEqual([at('b'), at('a'), at('c')].sort((x, y) => x - y));
  expect(page).toContain('Dice 0.10');
  expect(page).toContain('mask before: not in the store');
});

it('draws a bounded number of pairs, and tells how many are left out', () => {
  const pairs = (['replaced', 'added', 'removed'] as const).flatMap((change) =>
    Array.from({ length: 1000 }, (_, at) => pair(`${change}_${at}`, change)),
  );
  const empty = { images: [], masks: [] };
  const diff = { total: { before: 0, after: 0 }, pairs, unpaired: [] };
  const subjects = chooseSubjects({ sides, diff, manifests: { from: empty, to: empty } });
  expect(subjects.length).toBeLessThanOrEqual(120);
  const replaced = subjects.filter(({ pair: { change } }) => change === 'replaced');
  const page = pageOf(
    pairs,
    replaced.map(({ pair: { pair: name } }) => drawn(name, null)),
  );
  expect(page).toContain(`${1000 - replaced.length} more pairs are not shown here`);
  expect(page).toContain('1,000 more pairs are not shown here');
});

it('says so when nothing changed', () => {
  const page = renderDiffPage({ sides, diff: null, pictures: [], store: 'here' });
  expect(page).toContain('<h1>The same version</h1>');
  expect(page).not.toContain('<dl class="tiles">');
});
