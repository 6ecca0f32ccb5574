import { describe, expect, test } from 'vitest';
import { objection } from '../../src/model/promotion/decide.pure.js';
import type { Decision } from '../../src/model/verdict.js';
import { type ModelVersion, UNTOLD } from '../../src/ports/registry.js';
import { verdictOn } from '../support/kept-verdicts.js';
import { md5Of } from '../support/promoted-models.js';

const CANDIDATE = { id: md5Of('new'), name: 'new.onnx' };

const version = (text: string | null, name = '7'): ModelVersion => ({
  ...UNTOLD,
  version: name,
  model: text === null ? null : md5Of(text),
  createdAt: '2026-11-01T00:00:00.000Z',
});

function codeFor(decision: Decision | null, over: string | null, production: ModelVersion | null) {
  const baseline = over === null ? null : { text: over, version: '7' };
  const verdict = decision === null ? null : verdictOn({ text: 'new' }, baseline, decision);
  return objection(verdict, CANDIDATE, production)?.code ?? 'passes';
}

test.each<[Decision | null, string | null, string | null, number | 'passes']>([
  [null, null, null, 11],
  [null, null, 'old', 11],
  ['undecided', 'old', 'old', 11],
  ['undecided', null, null, 11],
  ['not-better', 'old', 'old', 10],
  ['not-better', 'old', 'other', 10],
  ['first', null, null, 'passes'],
  ['first', null, 'old', 6],
  ['first', 'old', 'old', 6],
  ['better', 'old', 'old', 'passes'],
  ['better', 'old', 'other', 6],
  ['better', 'old', null, 6],
  ['better', null, 'old', 6],
  ['better', null, null, 6],
])('verdict %s over %s, while %s is Production: %s', (decision, over, production, expected) => {
  expect(codeFor(decision, over, production === null ? null : version(production))).toBe(expected);
});

describe('a Production model whose bytes the registry does not tell', () => {
  test('counts as the same by its version', () => {
    expect(codeFor('better', 'old', version(null, '7'))).toBe('passes');
    expect(codeFor('better', 'old', version(null, '8'))).toBe(6);
    expect(codeFor('first', null, version(null, '8'))).toBe(6);
  });
});

test('a verdict on other bytes is none', () => {
  const verdict = verdictOn({ text: 'other' }, null);
  expect(objection(verdict, CANDIDATE, null)).toMatchObject({ kind: 'gate/undecided', code: 11 });
});
