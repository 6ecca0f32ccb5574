import { describe, expect, it } from 'vitest';
import type { CommandEnd, RunningCommand } from '../../src/ports/command-runner.js';
import { Interrupted } from '../../src/training/command/command-ended.js';
import { commandFailure, duration } from '../../src/training/command/failure.pure.js';
import { runWatcher } from '../../src/training/command/look-around.js';
import { supervise } from '../../src/training/command/supervise.js';
import { LastLines } from '../../src/training/last-lines.pure.js';
import { ALIVE_EVERY } from '../../src/training/stale-runs.js';
import { Watchdog } from '../../src/training/watchdog.pure.js';
import { FakeTiming } from '../support/fake-timing.js';
import { MemoryTracking } from '../support/memory-tracking.js';

const MINUTE = 60_000;
const ENDED: CommandEnd = { exitCode: 0, signal: null };

/** A command that ends when it is stopped, or when told. */
function command(): RunningCommand & { readonly signals: NodeJS.Signals[]; end(): void } {
  const signals: NodeJS.Signals[] = [];
  let end = () => {};
  const ended = new Promise<CommandEnd>((resolve) => {
    end = () => resolve(ENDED);
  });
  return {
    ended,
    signals,
    end: () => end(),
    stop: (signal) => {
      signals.push(signal);
      end();
    },
    processes: async () => ['7 S (sleeping) python train.py'],
  };
}

function watched(
  total: number | null,
  lookAround: () => Promise<boolean>,
  signal = new AbortController().signal,
) {
  const timing = new FakeTiming();
  const watchdog = new Watchdog({ stall: 15 * MINUTE, total }, timing.now());
  const running = command();
  const supervision = { timing, watchdog, signal, stopWith: () => 'SIGINT' as const, lookAround };
  return { timing, watchdog, running, outcome: () => supervise(running, supervision) };
}

describe('the watchdog', () => {
  it('ends a command that gives no sign of life, at the minute that the settings name', async () => {
    const { timing, running, outcome } = watched(null, async () => false);
    expect(await outcome()).toEqual({
      end: ENDED,
      alarm: { kind: 'stalled', silentFor: 15 * MINUTE },
      processes: ['7 S (sleeping) python train.py'],
    });
    expect(timing.now()).toBe(15 * MINUTE);
    expect(running.signals).toEqual(['SIGTERM']);
  });

  it('does not wait for a command whose connection is lost', async () => {
    const { timing, running, outcome } = watched(null, async () => false);
    Object.assign(running, { ended: Promise.reject(new Error('lost')) });
    await expect(outcome()).rejects.toThrow('lost');
    expect(timing.now()).toBeLessThan(15 * MINUTE);
  });

  it('takes new metrics for signs of life, until there are none', async () => {
    let metrics = 100;
    const { timing, outcome } = watched(null, async () => metrics-- > 0);
    expect((await outcome()).alarm?.kind).toBe('stalled');
    expect(timing.now()).toBe(100 * 30_000 + 15 * MINUTE);
  });

  it('takes output for a sign of life', async () => {
    const { timing, watchdog, running, outcome } = watched(null, async () => false);
    timing.onSleep = () => {
      if (timing.now() <= 60 * MINUTE) watchdog.sign(timing.now());
      else running.end();
    };
    expect((await outcome()).alarm).toBeNull();
    expect(running.signals).toEqual([]);
  });

  it('ends a lively command after its time', async () => {
    const { timing, outcome } = watched(20 * MINUTE, async () => true);
    expect((await outcome()).alarm).toEqual({ kind: 'too-long', ranFor: 20 * MINUTE });
    expect(timing.now()).toBe(20 * MINUTE);
  });

  it('passes on that somebody wants to stop', async () => {
    const stop = new AbortController();
    const { running, timing, outcome } = watched(null, async () => false, stop.signal);
    timing.onSleep = () => stop.abort(new Interrupted('SIGINT'));
    expect((await outcome()).alarm).toBeNull();
    expect(running.signals).toEqual(['SIGINT']);
  });
});

describe('looking at the tracked run', () => {
  it('sees a metric that is newer, says that we live, and survives a server that is away', async () => {
    const tracking = new MemoryTracking();
    const run = await tracking.startRun({ experimentId: '1', name: 'a', key: 'a', tags: {}, at: 0 });
    const timing = new FakeTiming();
    const look = runWatcher(tracking, run, timing, () => new Date(ALIVE_EVERY));
    const later = async () => {
      await timing.sleep(30_000);
      return look();
    };
    expect(await later()).toBe(false);
    await tracking.logMetrics(run.id, [{ name: 'loss', value: 1, step: 0, at: 5 }]);
    expect(await later()).toBe(true);
    expect(await later()).toBe(false);
    tracking.failOn('readRun', new Error('away'), 1);
    expect(await later()).toBe(false);
    await timing.sleep(ALIVE_EVERY);
    await look();
    expect((await tracking.readRun(run.id)).tags['wms.alive']).toBe(String(ALIVE_EVERY));
  });
});

describe('what is told of a command that failed', () => {
  const ended = {
    command: ['python', 'train.py'],
    alarm: null,
    processes: [],
    lastLines: ['boom'],
    log: 'train.log',
  };
  const failure = (end: CommandEnd) => commandFailure({ ...ended, end });

  it('keeps its exit code; a signal counts as in a shell', () => {
    expect(failure({ exitCode: 0, signal: null })).toBeNull();
    expect(failure({ exitCode: 77, signal: null })?.exitStatus).toBe(77);
    expect(failure({ exitCode: null, signal: 'SIGSEGV' })?.exitStatus).toBe(139);
    expect(failure({ exitCode: null, signal: 'SIGKILL' })?.message).toContain('no memory was left');
  });

  it('names lengths of time as people do', () => {
    expect([900, 119_000, 15 * MINUTE, 65 * MINUTE, 120 * MINUTE].map(duration)).toEqual([
      '1 s',
      '119 s',
      '15 min',
      '1 h 5 min',
      '2 h',
    ]);
  });
});

describe('the last lines', () => {
  const linesOf = (...chunks: (string | Buffer)[]) => {
    const lines = new LastLines(3);
    for (const chunk of chunks) lines.push(Buffer.from(chunk as string));
    return lines.all();
  };

  it('are whole, whatever the chunks', () => {
    expect(linesOf('a\nb', 'c\nd\ne\n', 'f')).toEqual(['d', 'e', 'f']);
    const [half, rest] = [Buffer.from('ü').subarray(0, 1), Buffer.from('ü').subarray(1)];
    expect(linesOf(half, rest, '\n')).toEqual(['ü']);
  });

  it('are what a terminal shows', () => {
    expect(linesOf('10 %\r50 %\r100 %\n')).toEqual(['100 %']);
    expect(linesOf('\u001b[32mgreen\u001b[0m\r\n')).toEqual(['green']);
  });
});
