import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeGrace, graceOf } from '../../src/dataset/gc/grace.pure.js';
import { Md5Set } from '../../src/dataset/gc/md5-set.pure.js';
import { isPointerPath, namesIn } from '../../src/dataset/gc/pointer-names.pure.js';

const A = 'a'.repeat(32);
const B = '0123456789abcdef'.repeat(2);
const DIR = `${B}.dir`;

describe('what a file names', () => {
  const pointer = (fields: string) => `outs:\n- md5: ${DIR}\n${fields}  path: images\n`;

  test.each([
    ['an output of DVC 3', pointer('  hash: md5\n'), true],
    ['an output of DVC 2', pointer(''), false],
    ['an output that is not cached', pointer('  hash: md5\n  cache: false\n'), false],
    ['an output that is not pushed', pointer('  hash: md5\n  push: false\n'), false],
    ['an output of another remote', pointer('  hash: md5\n  remote: archive\n'), false],
    [
      'a dependency',
      `deps:\n- md5: ${DIR}\n  hash: md5\n  path: images\nouts:\n- md5: ${A}\n  path: x\n`,
      false,
    ],
    [
      'an output of a stage',
      `stages:\n  a:\n    outs:\n    - md5: ${DIR}\n      hash: md5\n      path: x\n`,
      true,
    ],
    [
      'what is between conflict markers',
      `<<<<<<< ours\n${pointer('  hash: md5\n')}=======\nx\n>>>>>>> theirs\n`,
      true,
    ],
    ['what is no YAML', `outs: [\n- md5: ${DIR}`, true],
  ])('%s: its manifest is named, and must be there: %s', (_, text, required) => {
    const names = namesIn(text);
    expect(names.objects).toContain(DIR);
    expect(names.required.has(DIR)).toBe(required);
  });

  test('all that looks like an object, each once; no part of a longer number', () => {
    const text = `md5: ${A}\nagain: '${A}'\nother: ${B}\ncommit: ${'c'.repeat(40)}\nupper: ${'A'.repeat(32)}`;
    expect(namesIn(text).objects).toEqual([A, B]);
  });

  test.each([
    ['data/training/images.dvc', true],
    ['dvc.lock', true],
    ['a/dvc.lock', true],
    ['models/registry.json', true],
    ['my-dvc.lock', false],
    ['a.dvc/file', false],
  ])('%s is looked into: %s', (path, is) => expect(isPointerPath(path)).toBe(is));
});

test('a set of MD5s answers as a set of strings does', () => {
  const md5 = fc.oneof(
    fc.constantFrom('0'.repeat(32), `${'0'.repeat(31)}1`, `1${'0'.repeat(31)}`, 'f'.repeat(32)),
    fc.stringMatching(/^[0-9a-f]{32}$/),
    // The same slot, until the set grows.
    fc.stringMatching(/^00000000[0-9a-f]{24}$/),
  );
  fc.assert(
    fc.property(fc.array(md5, { maxLength: 3000, size: 'max' }), fc.array(md5), (added, asked) => {
      const packed = new Md5Set();
      const plain = new Set<string>();
      for (const id of added) {
        packed.add(id);
        plain.add(id);
      }
      expect(packed.size).toBe(plain.size);
      for (const id of [...added, ...asked]) expect(packed.has(id)).toBe(plain.has(id));
    }),
    { numRuns: 30 },
  );
});

test.each([
  ['30d', '30 days'],
  ['1d', '1 day'],
  ['24h', '1 day'],
  ['25h', '25 hours'],
])('--older-than %s is %s', (text, people) => expect(describeGrace(graceOf(text))).toBe(people));
