import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isZero, parsePushedRefs, refspecOf, shellWord, updatedBranch } from '../../src/publish/refs.js';

const A = 'a'.repeat(40);
const B = 'b'.repeat(40);
const ZERO = '0'.repeat(40);

const ref = (localRef: string, remoteRef: string, localOid = A, remoteOid = B) => ({
  localRef,
  localOid,
  remoteRef,
  remoteOid,
});

test('lines of the hook’s input, with whatever the person typed as local ref', () => {
  const input = [
    `refs/heads/main ${A} refs/heads/main ${B}`,
    `HEAD ${A} refs/heads/main ${ZERO}`,
    `main@{2 days ago} ${A} refs/heads/x ${B}`,
    `(delete) ${ZERO} refs/heads/old ${B}`,
    '',
  ].join('\n');
  expect(parsePushedRefs(input)).toEqual([
    ref('refs/heads/main', 'refs/heads/main'),
    ref('HEAD', 'refs/heads/main', A, ZERO),
    ref('main@{2 days ago}', 'refs/heads/x'),
    ref('(delete)', 'refs/heads/old', ZERO, B),
  ]);
});

test.each(['', '\n', '\n\n', 'three words only'])('no refs in %j', (input) => {
  expect(parsePushedRefs(input)).toEqual([]);
});

test('Windows line ends', () => {
  expect(parsePushedRefs(`HEAD ${A} refs/heads/main ${B}\r\n`)).toEqual([ref('HEAD', 'refs/heads/main')]);
});

test('zeros of both object formats', () => {
  expect([ZERO, '0'.repeat(64), A, `${'0'.repeat(39)}1`, ''].map(isZero)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});

test('only an update of a branch has a branch', () => {
  expect(updatedBranch(ref('HEAD', 'refs/heads/release/1.0'))).toBe('release/1.0');
  expect(updatedBranch(ref('refs/tags/v1', 'refs/tags/v1'))).toBeNull();
  expect(updatedBranch(ref('(delete)', 'refs/heads/main', ZERO))).toBeNull();
  expect(updatedBranch(ref('x', 'refs/remotes/origin/main'))).toBeNull();
});

test.each([
  ['a branch', ref('refs/heads/feature/a', 'refs/heads/feature/a'), 'feature/a'],
  ['a tag', ref('refs/tags/v1', 'refs/tags/v1'), 'v1'],
  ['a branch under another name', ref('refs/heads/a', 'refs/heads/b'), 'refs/heads/a:refs/heads/b'],
  ['a branch as a tag of its name', ref('refs/heads/a', 'refs/tags/a'), 'refs/heads/a:refs/tags/a'],
  ['a commit', ref(A, 'refs/heads/new', A, ZERO), `${A}:refs/heads/new`],
  ['a deleted branch', ref('(delete)', 'refs/heads/old', ZERO), ':old'],
  ['a deleted tag', ref('(delete)', 'refs/tags/v1', ZERO), ':refs/tags/v1'],
])('refspec of %s', (_what, pushed, refspec) => {
  expect(refspecOf(pushed)).toBe(refspec);
});

test('a shell gets back the very word', () => {
  const words = fc.array(
    fc.string({ unit: 'binary-ascii', minLength: 1 }).filter((word) => !word.includes('\0')),
    {
      minLength: 1,
    },
  );
  const readBack = (line: string) =>
    execFileSync('sh', ['-c', `for word in ${line}; do printf '%s\\000' "$word"; done`]).toString();
  fc.assert(
    fc.property(words, (list) => {
      expect(readBack(list.map(shellWord).join(' '))).toBe(list.map((word) => `${word}\0`).join(''));
    }),
    { numRuns: 30 },
  );
  expect(shellWord('feature/a-1')).toBe('feature/a-1');
  expect(shellWord('')).toBe("''");
});
