import { describe, expect, it, test } from 'vitest';
import { manifestId, serialiseManifest } from '../../src/dataset/manifest.js';
import { openVersions } from '../../src/dataset/merge/load.js';
import { splitMarkers, withMarkers } from '../../src/dataset/merge/markers.js';
import { mergedPointerText } from '../../src/dataset/merge/pointer-text.js';
import { parsePointer, updatePointer } from '../../src/dataset/pointer.js';
import { mergeManifests } from '../../src/dataset/three-way.js';
import { md5Of } from '../support/manifests.js';
import { MemoryStore } from '../support/memory-store.js';

const list = (...names: string[]) => names.map((relpath) => ({ relpath, md5: md5Of(relpath) }));
const idOf = (text: string) => `${md5Of(text)}.dir`;
const pointer = (id: string, size?: number, nfiles?: number) =>
  updatePointer(null, { path: 'images', id: idOf(id), size, nfiles });
const version = (text: string | null, manifest: ReturnType<typeof list>) => ({
  text,
  id: text === null ? null : parsePointer(text, 'images.dvc').id,
  manifest,
  size: text === null ? 0 : parsePointer(text, 'images.dvc').size,
});

function merge(
  base: ReturnType<typeof version>,
  ours: ReturnType<typeof version>,
  theirs: ReturnType<typeof version>,
  take: 'ours' | 'theirs' | null = null,
) {
  const manifests = { base: base.manifest, ours: ours.manifest, theirs: theirs.manifest };
  const { merged, changes } = mergeManifests(manifests);
  const result = { path: 'images', id: idOf('merged'), manifest: merged, changes };
  return mergedPointerText({ base, ours, theirs }, result, take);
}

const base = version(pointer('base', 100, 1), list('a'));
const ours = version(pointer('ours', 130, 2), list('a', 'b'));
const theirs = version(pointer('theirs', 105, 2), list('a', 'c'));

describe('text of a merged pointer', () => {
  it('has the size of both sides when no file was changed by both', () => {
    expect(merge(base, ours, theirs)).toBe(pointer('merged', 135, 3));
  });

  it('of two first publishes', () => {
    const nothing = version(null, []);
    expect(
      merge(nothing, version(pointer('x', 7, 1), list('a')), version(pointer('y', 8, 1), list('b'))),
    ).toBe(pointer('merged', 15, 2));
  });

  it.each([
    [
      'both added the same file',
      version(pointer('o', 130, 2), list('a', 'b')),
      version(pointer('t', 135, 3), list('a', 'b', 'c')),
    ],
    ['a side does not tell its own', version(pointer('o', undefined, 2), list('a', 'b')), theirs],
    [
      'they contradict each other',
      version(pointer('o', 1, 2), list('a', 'b')),
      version(pointer('t', 2, 2), list('a', 'c')),
    ],
  ])('leaves the size out when %s', (_, one, other) => {
    const text = merge(base, one, other) ?? '';
    expect(parsePointer(text, 'images.dvc').size).toBeUndefined();
    expect(parsePointer(text, 'images.dvc').nfiles).toBe(3);
  });

  it.each([
    ['ours', (text: string) => [`# kept\n${text}`, text] as const],
    ['theirs', (text: string) => [text, `# kept\n${text}`] as const],
  ])('keeps what only %s wrote beside the values', (_, edit) => {
    const one = edit(ours.text ?? '')[0];
    const other = edit(theirs.text ?? '')[1];
    expect(merge(base, { ...ours, text: one }, { ...theirs, text: other })).toBe(
      `# kept\n${pointer('merged', 135, 3)}`,
    );
  });

  it('leaves it to a person when both sides wrote different things', () => {
    const one = { ...ours, text: `# one\n${ours.text}` };
    const other = { ...theirs, text: `# other\n${theirs.text}` };
    expect(merge(base, one, other)).toBeNull();
    expect(merge(base, one, other, 'theirs')).toMatch(/^# other\n/);
  });

  it('does not mind line ends, and keeps ours', () => {
    const text = ours.text?.replaceAll('\n', '\r\n') ?? '';
    expect(merge(base, { ...ours, text }, theirs)).toBe(pointer('merged', 135, 3).replaceAll('\n', '\r\n'));
  });
});

test('a common ancestor that is a conflict itself: what its sides disagree about counts as new', async () => {
  const store = new MemoryStore();
  const put = async (...names: string[]) => {
    const bytes = serialiseManifest(list(...names));
    const id = manifestId(bytes);
    await store.put(id, bytes);
    return updatePointer(null, { path: 'images', id });
  };
  const texts = { ours: await put('a', 'b'), theirs: await put('a', 'c') };
  const conflict = withMarkers(texts, { ours: null, theirs: null });
  const versions = await openVersions(store, 'images.dvc').all({ ...texts, base: conflict });
  expect(versions.base).toEqual({ text: null, id: null, manifest: list('a'), size: undefined });
  expect(store.count('get')).toBe(2);
});

describe('markers', () => {
  it('show both pointers whole, and give them back', () => {
    const texts = { ours: pointer('ours'), theirs: pointer('theirs') };
    const text = withMarkers(texts, { ours: null, theirs: 'data/20261121-101500' });
    expect(text).toBe(
      `<<<<<<< ours\n${texts.ours}=======\n${texts.theirs}>>>>>>> theirs (data/20261121-101500)\n`,
    );
    expect(splitMarkers(text)).toEqual(texts);
    expect(() => parsePointer(text, 'images.dvc')).toThrow('cannot be read');
  });

  it('of Git, with a common ancestor, of any length', () => {
    const text =
      'outs:\n<<<<<<<<< Temporary merge branch 1\n- a\n||||||||| base\n- b\n=========\n- c\n>>>>>>>>> x\nend\n';
    expect(splitMarkers(text)).toEqual({ ours: 'outs:\n- a\nend\n', theirs: 'outs:\n- c\nend\n' });
  });

  it('are not seen where there are none', () => {
    expect(splitMarkers(pointer('a'))).toBeNull();
    expect(splitMarkers('=======\n')).toBeNull();
  });
});
