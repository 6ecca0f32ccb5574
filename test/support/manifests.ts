import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { ManifestEntry } from '../../src/dataset/manifest.js';

export const md5Of = (bytes: string | Uint8Array): string => createHash('md5').update(bytes).digest('hex');

/** What file systems allow and formats stumble over. */
const character = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...'abcXYZ019-_') },
  { weight: 2, arbitrary: fc.constantFrom(...' .\'"\\#:%&,[]{}~', '\x7f', '\t', '\n', '\x01') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('é', 'e\u0301', 'ß', '水', '\u2028', '\ue000', '\uff01', '😀', '𝒳'),
  },
);

const component = fc
  .array(character, { minLength: 1, maxLength: 8 })
  .map((characters) => characters.join(''))
  .filter((name) => name !== '.' && name !== '..');

export const relpath = fc.array(component, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));

const md5 = fc.integer({ min: 0, max: 5 }).map((content) => md5Of(String(content)));

/** Entries in any order, each path once. */
export const entries: fc.Arbitrary<ManifestEntry[]> = fc.uniqueArray(fc.record({ md5, relpath }), {
  selector: (entry) => entry.relpath,
  maxLength: 40,
});
