import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareCodePoints } from '../../src/dataset/code-points.js';
import { removalOf, restorationOf } from '../../src/dataset/edit/edits.pure.js';
import type { NameSpace } from '../../src/dataset/edit/meanings.pure.js';
import { namedPairs } from '../../src/dataset/edit/named-pairs.js';
import { type DatasetManifests, planMerge } from '../../src/dataset/merge-plan.js';
import { isWmsError } from '../../src/errors.js';
import { stemOf } from '../../src/stem.js';
import { entries, md5Of } from '../support/manifests.js';

const ROLES = ['images', 'masks'] as const;

function versionOf(images: readonly string[], masks: readonly string[] = images): DatasetManifests {
  const manifest = (paths: readonly string[]) =>
    [...paths].sort(compareCodePoints).map((relpath) => ({ relpath, md5: md5Of(relpath) }));
  return { images: manifest(images), masks: manifest(masks) };
}

describe('names of pairs', () => {
  const space = (cwd = '/team', version = DATASET): NameSpace => ({
    version,
    directories: { images: 'data/images', masks: 'data/masks' },
    topLevel: '/team',
    cwd,
  });
  const DATASET = versionOf(
    ['a.b.jpg', 'meter_1.jpg', 'meter_2.jpg', 'may/meter_1.jpg', 'may/meter_3.jpg', 'odd[1].jpg', 'odd1.jpg'],
    ['a.b.png', 'meter_1.png', 'meter_2.png', 'may/meter_1.png', 'may/meter_3.png', 'odd[1].png', 'odd1.png'],
  );
  const named = (names: string[], cwd?: string) => [...namedPairs(names, space(cwd), 'main')].sort();
  const errorOf = (name: string, cwd?: string) => {
    try {
      named([name], cwd);
    } catch (error) {
      if (isWmsError(error)) return error;
    }
    throw new Error(`${name} was accepted`);
  };

  it.each([
    ['meter_2', '/team'],
    ['meter_2.jpg', '/team'],
    ['meter_2.png', '/team'],
    ['data/images/meter_2.jpg', '/team'],
    ['data/masks/meter_2.png', '/team'],
    ['data/masks/meter_2', '/team'],
    ['./data/images/meter_2.jpg', '/team'],
    ['/team/data/images/meter_2.jpg', '/elsewhere'],
    ['images/meter_2.jpg', '/team/data'],
    ['../masks/meter_2.png', '/team/data/images'],
    ['./meter_2.jpg', '/team/data/images'],
    ['meter_2.*', '/team'],
    ['data/*/meter_2.*', '/team'],
    ['*/meter_2.jpg', '/team/data'],
  ])('%s, typed in %s, is meter_2', (name, cwd) => {
    expect(named([name], cwd)).toEqual(['meter_2']);
  });

  it('takes patterns: * stays within a directory, ** does not', () => {
    expect(named(['meter_*'])).toEqual(['meter_1', 'meter_2']);
    expect(named(['**/meter_*.png'])).toEqual(['may/meter_1', 'may/meter_3', 'meter_1', 'meter_2']);
    expect(named(['data/images/may/*'])).toEqual(['may/meter_1', 'may/meter_3']);
    expect(named(['{meter_1,meter_2}.jpg', 'may/**'])).toHaveLength(4);
  });

  it('takes a name that is there as it stands, even one that looks like a pattern', () => {
    expect(named(['odd[1].jpg'])).toEqual(['odd[1]']);
    expect(named(['odd?.jpg'])).toEqual(['odd1']);
  });

  it('names a pair of which one half is there only', () => {
    const lonely = versionOf(['alone.jpg', 'b.jpg'], ['b.png', 'half.png']);
    expect(namedPairs(['alone', 'half.png'], space('/team', lonely), 'main')).toEqual(
      new Set(['alone', 'half']),
    );
  });

  it('refuses a name that can mean two pairs, and shows both', () => {
    const error = errorOf('meter_1.jpg', '/team/data/images/may');
    expect(error).toMatchObject({ kind: 'data/ambiguous-name', code: 2 });
    expect(error.why).toContain('data/images/meter_1.jpg');
    expect(error.why).toContain('data/images/may/meter_1.jpg');
    expect(named(['./meter_1.jpg'], '/team/data/images/may')).toEqual(['may/meter_1']);
    expect(errorOf('*_1.jpg', '/team/data/images/may').kind).toBe('data/ambiguous-name');
  });

  it('refuses a file name that is another pair without its extension', () => {
    const version = versionOf(['a.b.jpg', 'a.b']);
    expect(() => namedPairs(['a.b'], space('/team', version), 'main')).toThrow('different pairs');
  });

  it.each([
    ['metr_2', 'did you mean meter_2?'],
    ['METER_2.JPG', 'did you mean meter_2?'],
    ['data/images/meter_3.jpg', 'did you mean may/meter_3?'],
    ['may', 'did you mean "may/**"?'],
    ['data/images/may/', 'did you mean "may/**"?'],
    ['data/masks/may/met', 'did you mean "may/met*"?'],
    ['june/**', 'june/**: no name is like it'],
    ['completely-else', 'completely-else: no name is like it'],
    ['', ': no name is like it'],
    ['../outside.jpg', 'no name is like it'],
    ['!meter_1*', '!meter_1*: did you mean'],
  ])('says what may have been meant by %j', (name, hint) => {
    expect(errorOf(name)).toMatchObject({ kind: 'data/no-such-pair', code: 2 });
    expect(errorOf(name).why).toContain(hint);
  });

  it('tells all names that match nothing at once', () => {
    const run = () => named(['nothing-1', 'meter_1', 'nothing-2']);
    expect(run).toThrow('2 names match no pair of the dataset in main');
  });
});

describe('edits, for any dataset', () => {
  const versions = fc
    .record({ images: entries, masks: entries })
    .map(({ images, masks }): DatasetManifests => {
      const sorted = (list: typeof images) =>
        list
          .filter(({ relpath }) => !list.some((other) => other.relpath.startsWith(`${relpath}/`)))
          .sort((a, b) => compareCodePoints(a.relpath, b.relpath));
      return { images: sorted(images), masks: sorted(masks) };
    });
  const stemsIn = (version: DatasetManifests) => [
    ...new Set(ROLES.flatMap((role) => version[role].map(({ relpath }) => stemOf(relpath)))),
  ];
  const withSome = versions.chain((base) =>
    fc.record({ base: fc.constant(base), stems: fc.subarray(stemsIn(base)) }),
  );
  const remove = (base: DatasetManifests, stems: readonly string[]) =>
    planMerge({ base, edits: removalOf(base, stems) });

  it('removes these pairs, whole, and nothing else', () => {
    fc.assert(
      fc.property(withSome, ({ base, stems }) => {
        const { merged, removed, counts } = remove(base, stems);
        const gone = new Set(stems);
        for (const role of ROLES) {
          expect(merged[role]).toEqual(base[role].filter(({ relpath }) => !gone.has(stemOf(relpath))));
        }
        expect(new Set(removed)).toEqual(gone);
        expect(counts).toMatchObject({ new: 0, replaced: 0, total: counts.existing - counts.removed });
      }),
    );
  });

  it('restores by name or as a whole what was removed', () => {
    fc.assert(
      fc.property(withSome, ({ base, stems }) => {
        const without = remove(base, stems);
        for (const names of [null, new Set(stems)]) {
          const edits = restorationOf(without.merged, base, names);
          const back = planMerge({ base: without.merged, edits });
          expect(back.merged).toEqual(base);
          expect(back.removed).toEqual([]);
          expect(back.counts).toMatchObject({ new: without.counts.removed, replaced: 0, removed: 0 });
        }
      }),
    );
  });

  it('restores any version over any other; by name it touches no other pair', () => {
    fc.assert(
      fc.property(versions, withSome, (base, { base: version, stems }) => {
        expect(planMerge({ base, edits: restorationOf(base, version, null) }).merged).toEqual(version);
        const edits = restorationOf(base, version, new Set(stems));
        for (const role of ROLES) {
          const named = (list: DatasetManifests, is: boolean) =>
            list[role].filter(({ relpath }) => stems.includes(stemOf(relpath)) === is);
          const wanted = [...named(base, false), ...named(version, true)];
          const result = new Map(base[role].map(({ relpath, md5 }) => [relpath, md5]));
          for (const edit of edits) {
            if (edit.role !== role) continue;
            if (edit.md5 === null) result.delete(edit.relpath);
            else result.set(edit.relpath, edit.md5);
          }
          expect(result).toEqual(new Map(wanted.map(({ relpath, md5 }) => [relpath, md5])));
        }
      }),
    );
  });

  it('has nothing to do for the version that is there', () => {
    fc.assert(
      fc.property(withSome, ({ base, stems }) => {
        expect(restorationOf(base, base, null)).toEqual([]);
        expect(restorationOf(base, base, new Set(stems))).toEqual([]);
      }),
    );
  });
});
