import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareCodePoints } from '../../src/dataset/code-points.js';
import {
  type ManifestEntry,
  manifestId,
  parseManifest,
  serialiseManifest,
} from '../../src/dataset/manifest.js';
import { isWmsError, type WmsError } from '../../src/errors.js';
import { entries } from '../support/manifests.js';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const parse = (text: string) => parseManifest(Buffer.from(text), manifestId(Buffer.from(text)), 's3://b/p');

function errorOf(run: () => unknown): WmsError {
  try {
    run();
  } catch (error) {
    if (isWmsError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('serialiseManifest', () => {
  it('writes the golden vector of DVC', () => {
    const bytes = serialiseManifest([
      { md5: md5('AAA'), relpath: 'img/1.png' },
      { md5: md5('BBB'), relpath: 'img/2 é.png' },
    ]);
    expect(manifestId(bytes)).toBe('19f7ec3c0ca7a4af14aaa57023035aa8.dir');
  });

  it('writes the empty directory', () => {
    expect(manifestId(serialiseManifest([]))).toBe('d751713988987e9331980363e24189ce.dir');
  });

  it('escapes what Python escapes, per UTF-16 unit', () => {
    const relpath = 'a"\\\b\f\n\r\t\x01\x7f\x80é\u2028\ud83d\ude00\udce9~ /';
    expect(serialiseManifest([{ md5: md5(''), relpath }]).toString('latin1')).toBe(
      String.raw`[{"md5": "d41d8cd98f00b204e9800998ecf8427e", "relpath": "a\"\\\b\f\n\r\t\u0001\u007f\u0080\u00e9\u2028\ud83d\ude00\udce9~ /"}]`,
    );
  });

  it('orders by code points, whatever order it is given', () => {
    const ordered = [
      'img-2.png',
      'img.txt',
      'img/a.png',
      '\ud7ff',
      '\ue000',
      '\uff01',
      '\u{1f600}',
      '\u{1f601}',
    ];
    const shuffled = [...ordered].reverse().map((relpath) => ({ md5: md5(relpath), relpath }));
    expect(JSON.parse(serialiseManifest(shuffled).toString()).map((e: ManifestEntry) => e.relpath)).toEqual(
      ordered,
    );
  });

  it('joins its parts without a seam', () => {
    const many = Array.from({ length: 257 }, (_, at) => ({
      md5: md5(''),
      relpath: `${String(at).padStart(4, '0')}.png`,
    }));
    for (const count of [127, 128, 129, 256, 257]) {
      const text = serialiseManifest(many.slice(0, count)).toString();
      expect(JSON.parse(text)).toEqual(many.slice(0, count));
      expect(text).not.toMatch(/[^\]]$|,(?! )|\}(?![,\]])/);
    }
  });

  it('is undone by parseManifest', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const bytes = serialiseManifest(list);
        const parsed = parseManifest(bytes, manifestId(bytes), 'here');
        expect(serialiseManifest(parsed).equals(bytes)).toBe(true);
        expect(new Map(parsed.map((e) => [e.relpath, e.md5]))).toEqual(
          new Map(list.map((e) => [e.relpath, e.md5])),
        );
      }),
    );
  });
});

describe('compareCodePoints', () => {
  it('agrees with comparing lists of code points', () => {
    const unit = fc.constantFrom(
      'a',
      '\ud83d',
      '\ud83e',
      '\ude00',
      '\udce9',
      '\ue000',
      '\uff01',
      '\ud7ff',
      'é',
    );
    const text = fc.array(unit, { maxLength: 6 }).map((units) => units.join(''));
    const byList = (a: string, b: string) => {
      const [left, right] = [a, b].map((s) => [...s].map((c) => c.codePointAt(0) ?? 0)) as [
        number[],
        number[],
      ];
      const at = left.findIndex((c, i) => c !== right[i]);
      return at === -1 || at >= right.length ? left.length - right.length : left[at]! - right[at]!;
    };
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(Math.sign(byList(a, b)));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('parseManifest', () => {
  const empty = 'd41d8cd98f00b204e9800998ecf8427e';
  const entry = (relpath: string) => ({ md5: empty, relpath });

  it('sorts what is not sorted and ignores keys that DVC reads but does not write', () => {
    const listed = [{ ...entry('b'), size: 3, isexec: true }, entry('a')];
    const parsed = parse(JSON.stringify(listed));
    expect(parsed.map((e) => e.relpath)).toEqual(['a', 'b']);
    expect(serialiseManifest(parsed)).toEqual(serialiseManifest([entry('a'), entry('b')]));
  });

  it('refuses bytes that are not the object of that name', () => {
    const error = errorOf(() => parseManifest(Buffer.from('[]'), `${empty}.dir`, 's3://b/p'));
    expect(error).toMatchObject({ kind: 'manifest/wrong-md5', code: 5 });
    expect(error.message).toContain(`${empty}.dir`);
    expect(error.message).toContain('s3://b/p');
    expect(error.next).toBeTruthy();
  });

  it.each([
    ['[', 'JSON'],
    ['{}', 'list'],
    ['[null]', 'Entry 1'],
    [JSON.stringify([entry('a'), { md5: empty }]), 'Entry 2'],
    [JSON.stringify([{ relpath: 'a' }]), 'no MD5'],
    [JSON.stringify([{ ...entry('a'), md5: empty.toUpperCase() }]), 'no MD5'],
    [JSON.stringify([{ ...entry('a'), md5: `${empty}.dir` }]), 'no MD5'],
    [JSON.stringify([entry('a'), entry('b'), entry('a')]), 'more than once'],
    ...['', '/a', 'a/', 'a//b', '.', '..', '../a', 'a/../b', 'a/..', './a', 'a\0b'].map((path) => [
      JSON.stringify([entry(path)]),
      'leaves the directory',
    ]),
  ])('refuses %s', (text, reason) => {
    const error = errorOf(() => parse(text as string));
    expect(error).toMatchObject({ kind: 'manifest/corrupt', code: 5 });
    expect(error.why).toContain(reason);
    expect(error.message).toContain(manifestId(Buffer.from(text as string)));
  });

  it('refuses bytes that are not UTF-8', () => {
    const bytes = Buffer.from(`[{"md5": "${empty}", "relpath": "\xe9"}]`, 'latin1');
    expect(errorOf(() => parseManifest(bytes, manifestId(bytes), 'here')).why).toContain('UTF-8');
  });

  it('accepts names that only look like leaving', () => {
    expect(parse(JSON.stringify(['..a', '...', 'a..', '.hidden', 'b/.c'].map(entry)))).toHaveLength(5);
  });
});
