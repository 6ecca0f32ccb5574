import { describe, expect, it } from 'vitest';
import { type Verdict, withRetries } from '../../src/adapters/retry.js';
import { AdaptiveLimiter } from '../../src/adapters/s3/limiter.js';
import { FakeTiming } from '../support/fake-timing.js';

const later = (deadline: number) => (): Verdict => ({ retry: 'later', deadline });

describe('retries', () => {
  it('wait longer and longer, from 1 to 20 seconds, with chance in it', async () => {
    const [lowest, highest] = [new FakeTiming(), new FakeTiming()];
    lowest.random = () => 0;
    highest.random = () => 1;
    for (const timing of [lowest, highest]) {
      let failures = 7;
      const attempt = async () => {
        failures -= 1;
        if (failures > 0) throw new Error('busy');
      };
      await withRetries(attempt, { timing, judge: later(1_000_000) });
    }
    expect(lowest.pauses).toEqual([1000, 1000, 1000, 1000, 1000, 1000]);
    expect(highest.pauses).toEqual([2000, 4000, 8000, 16_000, 20_000, 20_000]);
  });

  it('stop before the deadline would pass in a pause', async () => {
    const timing = new FakeTiming();
    const attempt = async () => Promise.reject(new Error('busy'));
    await expect(withRetries(attempt, { timing, judge: later(5000) })).rejects.toThrow('busy');
    expect(timing.now()).toBe(4000);
  });

  it('do not wait for what is final, and start at once only once', async () => {
    const timing = new FakeTiming();
    let attempts = 0;
    const attempt = async () => {
      attempts += 1;
      throw new Error('no');
    };
    await expect(withRetries(attempt, { timing, judge: () => ({ retry: 'no' }) })).rejects.toThrow('no');
    expect(attempts).toBe(1);
    await expect(withRetries(attempt, { timing, judge: () => ({ retry: 'now' }) })).rejects.toThrow('no');
    expect(attempts).toBe(3);
    expect(timing.pauses).toEqual([]);
  });
});

/** Jobs that end when the test says so. */
function gate() {
  const open: (() => void)[] = [];
  let running = 0;
  const job = () =>
    new Promise<void>((resolve) => {
      running += 1;
      open.push(() => {
        running -= 1;
        resolve();
      });
    });
  const tick = () => new Promise((resolve) => setImmediate(resolve));
  return {
    job,
    running: () => running,
    async end(count: number) {
      for (const finish of open.splice(0, count)) finish();
      await tick();
    },
    tick,
  };
}

describe('the number of simultaneous transfers', () => {
  it('is halved once for all answers of one round, and grows back one by one', async () => {
    const limiter = new AdaptiveLimiter(8);
    const jobs = gate();
    const all = Array.from({ length: 16 }, () => limiter.run(jobs.job));
    await jobs.tick();
    expect(jobs.running()).toBe(8);
    for (let answer = 0; answer < 8; answer += 1) {
      limiter.slowDown();
      limiter.settled(false);
    }
    expect(limiter.current).toBe(4);
    await jobs.end(8);
    expect(jobs.running()).toBe(4);
    for (let answer = 0; answer < 3; answer += 1) limiter.settled(true);
    expect(limiter.current).toBe(4);
    limiter.settled(true);
    expect(limiter.current).toBe(5);
    await jobs.tick();
    expect(jobs.running()).toBe(5);
    for (let round = 0; round < 5; round += 1) await jobs.end(5);
    await Promise.all(all);
  });

  it('never falls below one, nor rises above the maximum', () => {
    const limiter = new AdaptiveLimiter(2);
    for (let answer = 0; answer < 5; answer += 1) limiter.slowDown();
    expect(limiter.current).toBe(1);
    for (let answer = 0; answer < 50; answer += 1) limiter.settled(true);
    expect(limiter.current).toBe(2);
  });

  it('lets an aborted job leave the queue, and the others go on', async () => {
    const limiter = new AdaptiveLimiter(1);
    const jobs = gate();
    const first = limiter.run(jobs.job);
    const controller = new AbortController();
    const reason = new Error('stopped');
    const second = limiter.run(jobs.job, controller.signal);
    const third = limiter.run(jobs.job);
    controller.abort(reason);
    await expect(second).rejects.toBe(reason);
    await jobs.end(1);
    expect(jobs.running()).toBe(1);
    await jobs.end(1);
    await Promise.all([first, third]);
  });
});
