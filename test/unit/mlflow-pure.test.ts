import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { batches } from '../../src/adapters/mlflow/batches.pure.js';
import {
  entryTag,
  type HistoryEntry,
  readHistory,
  settledHistory,
} from '../../src/adapters/mlflow/history.pure.js';
import { originTags, readOrigin } from '../../src/adapters/mlflow/origin-tags.pure.js';
import { findServer } from '../../src/adapters/mlflow/server.js';

test('batches keep every item in order, and none is too large', () => {
  const items = fc.array(fc.string({ maxLength: 300_000, unit: fc.constantFrom('a', 'é', '"') }), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 7 }), (all, most) => {
      const parts = batches(all, most);
      expect(parts.flat()).toEqual(all);
      for (const part of parts) {
        expect(part.length).toBeGreaterThan(0);
        expect(part.length).toBeLessThanOrEqual(most);
        if (part.length > 1) expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThan(1_000_000);
      }
    }),
    { numRuns: 30 },
  );
});

test('what is told of a model survives its tags', () => {
  const text = fc.option(fc.string({ minLength: 1 }));
  const fraction = fc.double({ min: 0, max: 1, noNaN: true });
  const origin = fc.record({
    runId: fc.option(fc.uuid()),
    scores: fc.option(fc.record({ dice: fraction, iou: fraction })),
    testSplit: text,
    dataRevision: text,
    gitCommit: text,
    trainedAt: text,
    trainingPairs: fc.option(fc.nat()),
    who: text,
  });
  const id = 'd41d8cd98f00b204e9800998ecf8427e';
  fc.assert(
    fc.property(origin, (told) => {
      const tags = new Map(Object.entries(originTags(id, told)));
      expect(readOrigin(tags, told.runId ?? 'made for the files')).toEqual({ ...told, model: id });
    }),
  );
});

describe('history', () => {
  const entry = (
    number: number,
    version: string,
    state: HistoryEntry['state'],
    nonce = 'aa',
  ): HistoryEntry => ({
    number,
    nonce,
    state,
    promotion: { version, replaced: null, at: '2026-11-21T10:15:00.000Z', who: 'Ana', reason: 'better' },
  });
  const versions = (entries: HistoryEntry[], production: string | null) =>
    settledHistory(entries, production).map(({ promotion }) => promotion.version);

  it('survives tags in any order, among those of others', () => {
    const entries = Array.from({ length: 12 }, (_, index) => entry(index + 1, String(index), 'done'));
    const others = { 'wms.promotion.3.zz': '{}', 'wms.promotion.000004.bb': 'no JSON', owner: 'Ana' };
    const foreign = Object.entries(others).map(([key, value]) => ({ key, value }));
    expect(readHistory([...entries.map(entryTag).toReversed(), ...foreign])).toEqual(entries);
  });

  it('leaves out what was begun and never happened', () => {
    expect(versions([entry(1, '1', 'done'), entry(2, '2', 'begun')], '1')).toEqual(['1']);
    expect(versions([entry(1, '1', 'begun')], null)).toEqual([]);
  });

  it('counts what happened and was not said', () => {
    expect(versions([entry(1, '1', 'done'), entry(2, '2', 'begun')], '2')).toEqual(['1', '2']);
    expect(versions([entry(1, '1', 'done'), entry(2, '2', 'begun'), entry(3, '3', 'begun')], '2')).toEqual([
      '1',
      '2',
    ]);
  });

  it('does not count what was begun before the last change', () => {
    expect(versions([entry(1, '1', 'done'), entry(2, '1', 'begun'), entry(3, '1', 'done')], '1')).toEqual([
      '1',
      '1',
    ]);
  });

  it('fits into a tag', () => {
    const long = { ...entry(1, '1', 'done').promotion, who: 'w'.repeat(9000), reason: '"'.repeat(9000) };
    expect(entryTag({ ...entry(1, '1', 'done'), promotion: long }).value.length).toBeLessThanOrEqual(5000);
  });
});

describe('the server', () => {
  const find = (env: Record<string, string>, uri?: string) =>
    findServer({ experiment: 'wms', ...(uri === undefined ? {} : { uri }) }, env);
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

  it('is that of the environment before that of the settings', () => {
    expect(find({})).toBeNull();
    expect(find({}, 'http://a:5000/x/')).toMatchObject({ url: 'http://a:5000/x', authorization: null });
    const server = find({ MLFLOW_TRACKING_URI: 'https://b' }, 'http://a');
    expect(server).toMatchObject({ url: 'https://b', namedBy: 'MLFLOW_TRACKING_URI' });
  });

  it.each(['sqlite:///mlflow.db', './mlruns', 'databricks', 'file:///tmp/mlruns'])('cannot be %s', (uri) => {
    expect(() => find({ MLFLOW_TRACKING_URI: uri })).toThrow(
      expect.objectContaining({ kind: 'tracking/not-a-server', code: 2 }),
    );
  });

  it('gets the credentials that MLflow’s own clients would send', () => {
    const uri = { MLFLOW_TRACKING_URI: 'http://eva:x%40y@b' };
    const token = { MLFLOW_TRACKING_TOKEN: 't' };
    const user = { MLFLOW_TRACKING_USERNAME: 'ana', MLFLOW_TRACKING_PASSWORD: 'p' };
    expect(find(uri)).toMatchObject({ url: 'http://b', authorization: basic('eva:x@y') });
    expect(find({ ...uri, ...token })?.authorization).toBe('Bearer t');
    expect(find({ ...uri, ...token, ...user })?.authorization).toBe(basic('ana:p'));
  });

  it('needs a certificate that is there', () => {
    const env = { MLFLOW_TRACKING_URI: 'https://b', MLFLOW_TRACKING_SERVER_CERT_PATH: '/nowhere/ca.pem' };
    expect(() => find(env)).toThrow(expect.objectContaining({ kind: 'tracking/certificate', code: 2 }));
  });
});
