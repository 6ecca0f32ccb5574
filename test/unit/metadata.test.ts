import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  comparableScores,
  metadataJsonSchema,
  metadataOf,
  parseMetadata,
  renderMetadata,
} from '../../src/model/metadata.pure.js';
import { type ModelVersion, UNTOLD } from '../../src/ports/registry.js';
import { verdictOn } from '../support/kept-verdicts.js';

const version: ModelVersion = {
  ...UNTOLD,
  version: '3',
  model: 'a'.repeat(32),
  createdAt: '2026-11-21T10:15:00.000Z',
  scores: { dice: 0.7, iou: 0.6 },
  testSplit: 'split',
};

test('the schema that the package ships is the one that is written by', () => {
  const shipped = readFileSync(new URL('../../schema/model-metadata.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(shipped)).toEqual(metadataJsonSchema());
});

test('what the gate measured goes before what the registry remembers', () => {
  const verdict = verdictOn({ text: 'new' }, { text: 'old' });
  const baseline = { dice: 0.1, iou: 0.1 };
  expect(metadataOf(version, { baseline, githubRun: null, verdict })).toMatchObject({
    metrics: { dice: 0.9, iou: 0.82 },
    baseline: { dice: 0.8, iou: 0.7 },
    gate: { decision: 'better' },
  });
  expect(metadataOf(version, { baseline, githubRun: null, verdict: null })).toMatchObject({
    metrics: { dice: 0.7, iou: 0.6 },
    baseline,
    test_split: 'split',
    gate: null,
  });
});

test('a verdict that let nothing pass is not told as one that did', () => {
  const verdict = verdictOn({ text: 'new' }, { text: 'old' }, 'not-better');
  expect(metadataOf(version, { baseline: null, githubRun: null, verdict }).gate).toBeNull();
});

test('a baseline of other test images is none', () => {
  const replaced = { ...version, version: '2', scores: { dice: 0.5, iou: 0.4 } };
  expect(comparableScores(version, replaced)).toEqual({ dice: 0.5, iou: 0.4 });
  expect(comparableScores(version, { ...replaced, testSplit: 'other' })).toBeNull();
  expect(comparableScores({ ...version, testSplit: null }, { ...replaced, testSplit: null })).toBeNull();
  expect(comparableScores(version, null)).toBeNull();
});

test('text and back; anything else is no such file', () => {
  const metadata = metadataOf(version, { baseline: null, githubRun: null, verdict: null });
  const text = renderMetadata(metadata);
  expect(parseMetadata(text)).toEqual(metadata);
  for (const other of ['', '{}', text.slice(0, -5), text.replace('0.7', '7')])
    expect(parseMetadata(other)).toBeNull();
});
