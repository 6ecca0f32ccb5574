import { describe, expect, it } from 'vitest';
import { checkImages, imageProblemsError } from '../../src/quality/check.js';
import type { ImageFacts, MaskFacts, PairSet } from '../../src/quality/pair-set.js';
import { faulty, GOOD_MASK, inspected, pairSet } from '../support/pair-sets.js';

/** `rule path` of every problem, sorted. */
function found(set: PairSet): string[] {
  return checkImages(set)
    .problems.map(({ rule, path }) => `${rule} ${path}`)
    .sort();
}

function pairWith(mask: Partial<MaskFacts>, facts: Partial<ImageFacts> = {}): PairSet {
  return pairSet([
    inspected('images', 'a.jpg'),
    inspected('masks', 'a.png', { mask: { ...GOOD_MASK, ...mask }, ...facts }),
  ]);
}

describe('pairing', () => {
  it('is content with pairs, also below directories and with different extensions', () => {
    const names = ['a', 'roof/b.c', 'ünï cödé', '.hidden', '-dash'];
    const files = names.flatMap((name) => [
      inspected('images', `${name}.jpg`),
      inspected('masks', `${name}.png`),
    ]);
    expect(found(pairSet(files))).toEqual([]);
  });

  it('takes a partner from the dataset', () => {
    const set = pairSet([inspected('masks', 'a.png')], { images: { 'a.jpg': '1' } });
    expect(found(set)).toEqual([]);
  });

  it('names what is missing on both sides', () => {
    const set = pairSet([inspected('images', 'x/a.jpg'), inspected('masks', 'b.png')], {
      images: { 'a.jpg': '1' },
    });
    expect(found(set)).toEqual(['paired data/images/x/a.jpg', 'paired data/masks/b.png']);
    const [image] = checkImages(set).blocking;
    expect(image?.message).toContain('has no mask: nothing is named data/masks/x/a.*');
  });

  it('does not ask for partners of files that were in the dataset before', () => {
    const set = pairSet([inspected('images', 'a.jpg'), inspected('masks', 'a.png')], {
      images: { 'old.jpg': '1' },
    });
    expect(found(set)).toEqual([]);
  });

  it.each([
    ['letter case', 'Meter_1.jpg', 'meter_1.png'],
    ['accents written differently', 'caf\u00e9.jpg', 'cafe\u0301.png'],
  ])('names a partner that differs in %s', (_what, image, mask) => {
    const { blocking } = checkImages(pairSet([inspected('images', image), inspected('masks', mask)]));
    expect(blocking.map(({ rule }) => rule)).toEqual(['paired', 'paired']);
    expect(blocking[0]?.message).toContain(`data/masks/${mask} differs in letter case or accents`);
  });

  it('asks a broken picture for its partner, but not what is no picture', () => {
    const set = pairSet([
      faulty('images', 'cut.jpg', 'damaged'),
      faulty('images', 'notes.txt', 'unsupported-type'),
    ]);
    expect(found(set)).toEqual([
      'decodable data/images/cut.jpg',
      'paired data/images/cut.jpg',
      'supported-type data/images/notes.txt',
    ]);
  });

  it('does not take what is no picture for a partner', () => {
    const set = pairSet([inspected('images', 'a.jpg'), faulty('masks', 'a.txt', 'unsupported-type')]);
    expect(found(set)).toContain('paired data/images/a.jpg');
  });
});

describe('one file per name', () => {
  it('finds two new masks for one image', () => {
    const set = pairSet([
      inspected('images', 'a.jpg'),
      inspected('masks', 'a.png'),
      inspected('masks', 'a.jpg'),
    ]);
    expect(found(set)).toEqual(['one-per-stem data/masks/a.jpg', 'one-per-stem data/masks/a.png']);
  });

  it('finds a new image beside one of the dataset with another extension', () => {
    const set = pairSet([inspected('images', 'a.png')], {
      images: { 'a.jpg': '1' },
      masks: { 'a.png': '2' },
    });
    expect(found(set)).toEqual(['one-per-stem data/images/a.png']);
    expect(checkImages(set).blocking[0]?.message).toContain('beside data/images/a.jpg');
  });

  it('finds names that some disks take for the same', () => {
    const set = pairSet([inspected('images', 'A.jpg'), inspected('masks', 'A.png')], {
      images: { 'a.jpg': '1' },
      masks: { 'a.png': '2' },
    });
    expect(found(set)).toEqual(['one-per-stem data/images/A.jpg', 'one-per-stem data/masks/A.png']);
  });

  it('lets a file replace itself', () => {
    const set = pairSet([inspected('masks', 'a.png')], { images: { 'a.jpg': '1' }, masks: { 'a.png': '2' } });
    expect(found(set)).toEqual([]);
  });
});

describe('sizes', () => {
  it('finds a mask of another size', () => {
    const { blocking } = checkImages(pairWith({}, { width: 65 }));
    expect(blocking[0]?.message).toBe('is 65 × 48 but its image data/images/a.jpg is 64 × 48');
  });

  it('says that one is rotated', () => {
    expect(checkImages(pairWith({}, { width: 48, height: 64 })).blocking[0]?.message).toContain('rotated');
  });

  it('compares with a partner in the dataset', () => {
    const set = pairSet([inspected('masks', 'a.png', { width: 10 })], { images: { 'a.jpg': '1' } }, [
      inspected('images', 'a.jpg'),
    ]);
    expect(found(set)).toEqual(['equal-sizes data/masks/a.png']);
  });
});

describe('mask values', () => {
  it.each<[string, Partial<MaskFacts>]>([
    ['0 and 1', { values: [0, 1], max: 1 }],
    ['0 and 255', { values: [0, 255] }],
  ])('allows %s', (_what, mask) => {
    expect(found(pairWith(mask))).toEqual([]);
  });

  it.each<[string, Partial<MaskFacts>, string]>([
    ['three classes', { values: [0, 1, 2], distinct: 3, max: 2 }, '3 different values: 0, 1, 2; allowed'],
    ['0 and 128', { values: [0, 128], max: 128 }, '0, 128'],
    ['1 and 255', { values: [1, 255], min: 1 }, '1, 255'],
    ['one value only', { values: [7], distinct: 1, min: 7, max: 7 }, 'the value 7'],
    ['many values', { values: [0, 1, 2, 3, 4, 5, 6, 7], distinct: 200 }, '200 different values'],
    ['colours', { colour: true }, 'in colour'],
  ])('blocks %s', (_what, mask, message) => {
    const set = pairWith(mask);
    expect(found(set)).toEqual(['mask-values data/masks/a.png']);
    expect(checkImages(set).blocking[0]?.message).toContain(message);
  });

  it('allows what compression does to a JPEG mask, but no photo', () => {
    const lossy = { values: [0, 1, 2, 3, 4, 5, 6, 7], distinct: 86 };
    expect(found(pairWith({ ...lossy, between: 0.02 }, { format: 'jpeg' }))).not.toContain(
      'mask-values data/masks/a.png',
    );
    expect(found(pairWith({ ...lossy, between: 0.5 }, { format: 'jpeg' }))).toContain(
      'mask-values data/masks/a.png',
    );
  });

  it.each([
    [0, [0], 'empty'],
    [1, [255], 'full'],
  ])('only warns of a mask with foreground %d', (foreground, values, word) => {
    const { blocking, warnings } = checkImages(pairWith({ foreground, values, distinct: 1 }));
    expect(blocking).toEqual([]);
    expect(warnings.map(({ rule, message }) => [rule, message.includes(word)])).toEqual([
      ['empty-mask', true],
    ]);
  });
});

describe('the same picture twice', () => {
  const twins = (masks: Record<string, string>, files = ['a', 'b']) =>
    pairSet(
      files.flatMap((name) => [inspected('images', `${name}.jpg`), inspected('masks', `${name}.png`)]),
      { images: { 'a.jpg': 'same', 'b.jpg': 'same' }, masks },
    );

  it('blocks when the masks differ, once for two new files', () => {
    expect(found(twins({ 'a.png': '1', 'b.png': '2' }))).toEqual([
      'conflicting-duplicates data/images/b.jpg',
    ]);
  });

  it('blocks also when the other one is in the dataset', () => {
    const set = twins({ 'a.png': '1', 'b.png': '2' }, ['a']);
    expect(found(set)).toEqual(['conflicting-duplicates data/images/a.jpg']);
    expect(checkImages(set).blocking[0]?.message).toContain('data/images/b.jpg');
  });

  it('blocks a new mask that contradicts the mask of a twin', () => {
    const set = pairSet([inspected('masks', 'a.png')], {
      images: { 'a.jpg': 'same', 'b.jpg': 'same' },
      masks: { 'b.png': 'other' },
    });
    expect(found(set)).toEqual(['conflicting-duplicates data/images/a.jpg']);
  });

  it('only warns when the masks are equal', () => {
    const set = twins({ 'a.png': '1', 'b.png': '1' });
    expect(found(set)).toEqual(['repeated-pairs data/images/b.jpg']);
    expect(checkImages(set).blocking).toEqual([]);
  });

  it('leaves alone twins that were in the dataset before', () => {
    const old = { images: { 'x.jpg': 'same', 'y.jpg': 'same' }, masks: { 'x.png': '1', 'y.png': '2' } };
    expect(found(pairSet([inspected('images', 'n.jpg'), inspected('masks', 'n.png')], old))).toEqual([]);
  });
});

describe('types and names', () => {
  it('warns of an extension that is not the content', () => {
    const set = pairSet([inspected('images', 'a.jpg', { format: 'png' }), inspected('masks', 'a.png')]);
    expect(found(set)).toEqual(['extension data/images/a.jpg']);
    expect(checkImages(set).blocking).toEqual([]);
  });

  it('blocks a name that training would not find', () => {
    const set = pairSet([inspected('images', 'a.dat'), inspected('masks', 'a.png')]);
    expect(found(set)).toEqual(['supported-type data/images/a.dat']);
  });

  it.each(['empty', 'lfs-pointer', 'damaged', 'too-many-pixels', 'symlink', 'submodule'] as const)(
    'blocks what is %s',
    (kind) => {
      const set = pairSet([faulty('images', 'a.jpg', kind)], { masks: { 'a.png': '1' } });
      expect(found(set)).toEqual(['decodable data/images/a.jpg']);
    },
  );
});

describe('the error', () => {
  it('names every file with its reason and what to do', () => {
    const files = Array.from({ length: 30 }, (_, i) => inspected('images', `photo ${i}.jpg`));
    const error = imageProblemsError(
      checkImages(pairSet([...files, faulty('masks', 'x\ny.png', 'empty')])).blocking,
    );
    expect(error).toMatchObject({ kind: 'images/problems', code: 3 });
    expect(error.message).toBe('31 files have problems that block publishing');
    for (const { path } of files) expect(error.why).toContain(`data/images/${path} has no mask`);
    expect(error.why).toContain('"data/masks/x\\ny.png" is empty\n  → repair it');
    expect(error.next).toContain('push again');
  });
});
