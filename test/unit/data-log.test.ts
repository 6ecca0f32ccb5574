import { describe, expect, it } from 'vitest';
import { ObjectCache } from '../../src/dataset/cache/cache.js';
import { countsFromMessage, countsFromPointers } from '../../src/dataset/log/counts.pure.js';
import { describeLog } from '../../src/dataset/log/describe.pure.js';
import type { LoggedVersion } from '../../src/dataset/log/log.js';
import { ManifestCounter } from '../../src/dataset/log/manifest-counter.js';
import type { Version } from '../../src/dataset/log/versions.js';
import { manifestId, serialiseManifest } from '../../src/dataset/manifest.js';
import { EXIT, WmsError } from '../../src/errors.js';
import { md5Of } from '../support/manifests.js';
import { MemoryStore } from '../support/memory-store.js';
import { makeDirectory } from '../support/scratch.js';

function version(images: number | undefined, masks = images): Version {
  const pointer = (nfiles: number | undefined) => ({
    id: `${md5Of(String(nfiles))}.dir`,
    path: 'x',
    nfiles,
    size: undefined,
  });
  return { pointers: { images: pointer(images), masks: pointer(masks) }, problem: null };
}
const NONE: Version = { pointers: { images: null, masks: null }, problem: null };
const message = (existing: number, added: number, removed = 0) => ({
  existing,
  new: added,
  replaced: 1,
  removed,
  total: existing + added - removed,
});

describe('the counts in a message are believed', () => {
  it.each<[string, ReturnType<typeof message>, Version, Version | null]>([
    ['when the pointers confirm them', message(48, 2), version(50), version(48)],
    ['for the first version', message(0, 2), version(2), NONE],
    ['for a removal', message(48, 0, 3), version(45), version(48)],
    ['where a shallow clone has no parent', message(48, 2), version(50), null],
  ])('%s', (_, told, after, before) => {
    const { new: added, replaced, removed } = told;
    expect(countsFromMessage(told, after, before)).toEqual({
      pairs: told.total,
      changes: { new: added, replaced, removed, renamed: 0 },
      countedFrom: 'message',
    });
  });

  it.each<[string, ReturnType<typeof message>, Version, Version | null]>([
    ['after a rebase onto other pairs', message(48, 2), version(53), version(51)],
    ['when the parent has other pairs', message(48, 2), version(50), version(49)],
    ['when there are files without a partner', message(48, 2), version(51, 50), version(49, 48)],
    ['when a pointer does not tell its files', message(48, 2), version(undefined), version(48)],
    ['when they do not add up', { ...message(48, 2), new: 3 }, version(50), version(48)],
    ['when the parent had no dataset', message(48, 2), version(50), NONE],
  ])('but not %s', (_, told, after, before) => {
    expect(countsFromMessage(told, after, before)).toBeNull();
  });
});

it('pointers alone tell how many pairs there can be at most', () => {
  expect(countsFromPointers(version(50, 48), null)).toEqual({
    pairs: 48,
    changes: null,
    countedFrom: 'pointers',
  });
  expect(countsFromPointers(version(undefined), null)).toMatchObject({ pairs: null, countedFrom: null });
  expect(countsFromPointers(NONE, null)).toMatchObject({ pairs: 0 });
  expect(countsFromPointers({ ...NONE, problem: 'conflict' }, null)).toMatchObject({
    pairs: null,
    changes: null,
  });
});

describe('manifests', () => {
  /** Versions in which one pair more is there each time, the first with none. */
  function growing(store: MemoryStore, count: number): Version[] {
    return Array.from({ length: count }, (_, pairs) => {
      const entries = Array.from({ length: pairs }, (__, at) => ({
        relpath: `${at}.png`,
        md5: md5Of(String(at)),
      }));
      const pointer = (extra: string) => {
        const bytes = serialiseManifest(
          entries.map(({ relpath }) => ({ relpath, md5: md5Of(extra + relpath) })),
        );
        store.objects.set(manifestId(bytes), bytes);
        return { id: manifestId(bytes), path: 'x', nfiles: pairs, size: undefined };
      };
      return { pointers: { images: pointer('image'), masks: pointer('mask') }, problem: null };
    });
  }
  const counterOn = (store: MemoryStore) =>
    new ManifestCounter(new ObjectCache({ dir: makeDirectory(), types: ['copy'], shared: false }), store);

  it('are read once each, and only so many', async () => {
    const store = new MemoryStore();
    const versions = growing(store, 160);
    const counter = counterOn(store);
    const counted = [];
    for (let at = versions.length - 1; at > 0; at--)
      counted.push(await counter.count(versions[at]!, versions[at - 1]!));
    expect(counted[0]).toEqual({
      pairs: 159,
      changes: { new: 1, replaced: 0, removed: 0, renamed: 0 },
      countedFrom: 'manifests',
    });
    expect(counted.filter((counts) => counts !== null)).toHaveLength(99);
    expect(counted.slice(99).every((counts) => counts === null)).toBe(true);
    expect(store.count('get')).toBe(200);
    expect(counter.problem).toBeNull();
  });

  it('that are larger than a person waits for are not asked for', async () => {
    const store = new MemoryStore();
    expect(await counterOn(store).count(version(5_000_000), null)).toBeNull();
    expect(store.calls).toEqual([]);
  });

  it('that are gone or damaged don’t stop the others', async () => {
    const store = new MemoryStore();
    const [zero, one, two] = growing(store, 3);
    store.objects.delete(one!.pointers.images!.id);
    store.objects.set(two!.pointers.masks!.id, Buffer.from('damaged'));
    const counter = counterOn(store);
    expect(await counter.count(two!, null)).toBeNull();
    expect(await counter.count(one!, zero!)).toBeNull();
    expect(await counter.count(zero!, null)).toMatchObject({ pairs: 0 });
    expect(counter.problem).toBeNull();
  });

  it('of a store that does not answer are asked for once', async () => {
    const store = new MemoryStore();
    const [, one, two] = growing(store, 3);
    const kind = 'store/unreachable';
    store.failOn('get', new WmsError({ kind, code: EXIT.network, what: 'The store does not answer.' }));
    const counter = counterOn(store);
    expect(await counter.count(two!, null)).toBeNull();
    expect(await counter.count(one!, null)).toBeNull();
    expect(counter.problem).toBe('The store does not answer.');
    expect(store.count('get')).toBe(2);
  });
});

describe('what is printed', () => {
  const logged = (more: Partial<LoggedVersion>): LoggedVersion => ({
    commit: 'abcdef0123456789',
    subject: 'data',
    author: { name: 'Ana', email: 'ana@example.com' },
    authoredAt: new Date('2026-11-21T10:15:00Z'),
    committedAt: new Date('2026-11-22T10:15:00Z'),
    isMerge: false,
    pairs: 50,
    changes: { new: 0, replaced: 0, removed: 0, renamed: 0 },
    countedFrom: 'message',
    manifests: { images: null, masks: null },
    problem: null,
    dataBranch: null,
    model: null,
    ...more,
  });
  const print = (...versions: LoggedVersion[]) =>
    describeLog({
      revision: 'HEAD',
      commit: 'f'.repeat(40),
      versions,
      hasMore: false,
      isShallow: false,
      storeProblem: null,
    });

  it('is one line per version, in columns', () => {
    const model = { version: '8', runId: null, dice: 0.9123, iou: 0.8, commit: 'c' };
    const changes = { new: 1200, replaced: 3, removed: 2, renamed: 1 };
    expect(
      print(
        logged({ isMerge: true, changes: null, dataBranch: 'data/20261121-101500' }),
        logged({ pairs: 1248, changes, model }),
        logged({
          pairs: 48,
          changes: null,
          countedFrom: 'pointers',
          author: { name: 'A\u001b[31mB', email: '' },
        }),
        logged({ pairs: null, changes: null, countedFrom: null, problem: 'It has conflict markers.' }),
        logged({ pairs: 1, model: { ...model, version: 'unet-2', dice: null } }),
      ).slice(2),
    ).toEqual([
      'abcdef0123  2026-11-21 10:15  50 pairs     merge            data/20261121-101500  Ana',
      'abcdef0123  2026-11-21 10:15  1,248 pairs  +1,200 ~3 −2 →1  –                     Ana             model v8 · Dice 0.912, IoU 0.800',
      'abcdef0123  2026-11-21 10:15  ≤ 48 pairs   ?                –                     "A\\u001b[31mB"',
      'abcdef0123  2026-11-21 10:15  ? pairs      unreadable       –                     Ana',
      'abcdef0123  2026-11-21 10:15  1 pair       no pair          –                     Ana             model unet-2',
    ]);
  });

  it('says what is left out', () => {
    const lines = describeLog({
      revision: 'HEAD',
      commit: 'f'.repeat(40),
      versions: [logged({}), logged({})],
      hasMore: true,
      isShallow: true,
      storeProblem: null,
    });
    expect(lines.slice(-2)).toEqual([
      '… and older ones: --limit 4',
      '… and what this shallow clone does not have: git fetch --unshallow',
    ]);
  });
});
