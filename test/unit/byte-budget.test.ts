import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteBudget } from '../../src/byte-budget.js';

/** Whether a promise has been kept by now. */
async function isKept(promise: Promise<void>): Promise<boolean> {
  let kept = false;
  void promise.then(() => {
    kept = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return kept;
}

test('work starts as long as bytes and items are free', async () => {
  const budget = new ByteBudget(100, 2);
  expect(await isKept(budget.acquire(40))).toBe(true);
  expect(await isKept(budget.acquire(40))).toBe(true);
  const third = budget.acquire(1);
  expect(await isKept(third)).toBe(false);
  budget.release(40);
  expect(await isKept(third)).toBe(true);
});

test('bytes are the limit where items are not', async () => {
  const budget = new ByteBudget(100, 50);
  await budget.acquire(60);
  const second = budget.acquire(41);
  expect(await isKept(second)).toBe(false);
  budget.release(60);
  expect(await isKept(second)).toBe(true);
});

test('what is larger than the limit goes alone', async () => {
  const budget = new ByteBudget(100, 5);
  await budget.acquire(10);
  const giant = budget.acquire(1000);
  expect(await isKept(giant)).toBe(false);
  budget.release(10);
  expect(await isKept(giant)).toBe(true);
  const small = budget.acquire(1);
  expect(await isKept(small)).toBe(false);
  budget.release(1000);
  expect(await isKept(small)).toBe(true);
});

test('small items do not overtake a large one that waits', async () => {
  const budget = new ByteBudget(100, 5);
  await budget.acquire(90);
  const large = budget.acquire(80);
  const small = budget.acquire(5);
  expect(await isKept(small)).toBe(false);
  budget.release(90);
  expect(await isKept(large)).toBe(true);
  expect(await isKept(small)).toBe(true);
});

test('never more than the limits in flight, and everything gets its turn', async () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 150 }), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 1, max: 5 }), fc.scheduler(), async (all, items, scheduler) => {
      const budget = new ByteBudget(100, items);
      const flying: number[] = [];
      const jobs = all.map(async (bytes) => {
        await budget.acquire(bytes);
        flying.push(bytes);
        expect(flying.length).toBeLessThanOrEqual(items);
        if (flying.length > 1) expect(flying.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(100);
        await scheduler.schedule(Promise.resolve());
        flying.splice(flying.indexOf(bytes), 1);
        budget.release(bytes);
      });
      await scheduler.waitFor(Promise.all(jobs));
      expect(flying).toEqual([]);
    }),
  );
});
