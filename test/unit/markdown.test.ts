import fc from 'fast-check';
import { expect, test } from 'vitest';
import { code, escapeMarkdown } from '../../src/page/markdown.pure.js';

const decoded = (markup: string): string =>
  markup
    .replaceAll('<!-- -->', '')
    .replace(/\\([\\`*_{}[\]()#+!|~])/g, '$1')
    .replace(/&#(\d+);/g, (_, digits) => String.fromCodePoint(Number(digits)));

const hostile = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.stringMatching(/^[<>&@:/`*_{}[\]()#+!|~\\$"' \n\t\ra1-]*$/),
);

test('escaped text has no markup, mention, link or line of its own, and says what it said', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const markdown = escapeMarkdown(text);
      const rest = markdown.replaceAll('<!-- -->', '');
      expect(rest).not.toMatch(/[<>\n\r]|&(?!#\d+;)/);
      expect(rest.replace(/\\[\\`*_{}[\]()#+!|~]/g, '').replace(/&#\d+;/g, '')).not.toMatch(
        /[\\`*_{}[\]()#+!|~]/,
      );
      expect(markdown).not.toMatch(/@(?!<!-- -->)|:\/\//);
      expect(decoded(markdown)).toBe(text.replace(/\s+/g, ' '));
    }),
  );
});

test('a code span holds one span, whatever the name is', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const inside = code(text).replace(/^<code>|<\/code>$/g, '');
      expect(inside).toMatch(/^(?:[\p{L}\p{N} /.-]|&#\d+;)*$/u);
      expect(decoded(inside)).toBe(text);
    }),
  );
});
