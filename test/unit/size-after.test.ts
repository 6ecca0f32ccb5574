import { describe, expect, it } from 'vitest';
import type { DatasetBase } from '../../src/dataset/dataset-base.js';
import { type FileEdit, planMerge } from '../../src/dataset/merge-plan.js';
import type { PublishJob } from '../../src/publish/job.js';
import { sizeAfter } from '../../src/publish/size-after.js';
import { md5Of } from '../support/manifests.js';
import { MemoryStore } from '../support/memory-store.js';

const NEW_ID = `${'0'.repeat(32)}.dir`;
const textOf = (at: number) => `photo ${String(at).padStart(3, '0')}`;
const entryOf = (at: number) => ({ relpath: `${String(at).padStart(3, '0')}.jpg`, md5: md5Of(textOf(at)) });

/** A dataset of that many images of nine bytes, and a job that edits it. */
function jobOf(count: number, edits: readonly FileEdit[], size: number | undefined, known?: number) {
  const store = new MemoryStore();
  for (let at = 0; at < count + 1; at++) store.objects.set(md5Of(textOf(at)), Buffer.from(textOf(at)));
  const directory = { pointerPath: '', pointerText: null, id: null };
  const images = Array.from({ length: count }, (_, at) => entryOf(at));
  const base: DatasetBase = {
    images: { ...directory, manifest: images, size },
    masks: { ...directory, manifest: [], size: 0 },
  };
  const merge = planMerge({ base: { images, masks: [] }, edits });
  const sizes = new Map(known === undefined ? [] : [[NEW_ID, known]]);
  const job = {
    tools: { store },
    plan: { edit: { sizes } },
    findings: { base, merge, changed: [] },
  } as unknown as PublishJob;
  return { job, store, size: () => sizeAfter(job, 'images', NEW_ID) };
}

const remove = (at: number): FileEdit => ({ role: 'images', relpath: entryOf(at).relpath, md5: null });
const removeAll = (count: number) => Array.from({ length: count }, (_, at) => remove(at));

describe('sizeAfter', () => {
  it('adds what comes back and takes off what leaves', async () => {
    const edits: FileEdit[] = [remove(0), remove(1), { role: 'images', ...entryOf(3) }];
    expect(await jobOf(3, edits, 27).size()).toBe(18);
  });

  it('counts files, not objects', async () => {
    const copy: FileEdit = { role: 'images', relpath: 'copy.jpg', md5: entryOf(0).md5 };
    const { size, store } = jobOf(1, [copy], 9);
    expect(await size()).toBe(18);
    expect(store.count('get')).toBe(1);
  });

  it('is unknown when it was before, or when an object is lost', async () => {
    expect(await jobOf(2, [remove(0)], undefined).size()).toBeUndefined();
    const { size, store } = jobOf(2, [remove(0)], 18);
    store.objects.delete(entryOf(0).md5);
    expect(await size()).toBeUndefined();
  });

  it('reads a few objects, but not many', async () => {
    expect(await jobOf(256, removeAll(256), 256 * 9).size()).toBe(0);
    const { size, store } = jobOf(257, removeAll(257), 257 * 9);
    expect(await size()).toBeUndefined();
    expect(store.count('get')).toBe(0);
  });

  it('is what the restored version says', async () => {
    const { size, store } = jobOf(300, removeAll(300), undefined, 4711);
    expect(await size()).toBe(4711);
    expect(store.calls).toEqual([]);
  });

  it('fails when the store does', async () => {
    const { size, store } = jobOf(2, [remove(0)], 18);
    store.failOn('get', new Error('no network'));
    await expect(size()).rejects.toThrow('no network');
  });
});
