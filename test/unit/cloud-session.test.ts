import { describe, expect, it } from 'vitest';
import { holdLease } from '../../src/cloud/hold-lease.js';
import { changeSession, readSession, SESSION, type Session } from '../../src/cloud/session.js';
import {
  closing,
  extended,
  joinOrOpen,
  LEASE_MS,
  liveLeases,
  withLease,
  withoutLease,
} from '../../src/cloud/session-rules.pure.js';
import { isWmsError } from '../../src/errors.js';
import { seededRandom } from '../../src/seeded-random.pure.js';
import { FakeTiming } from '../support/fake-timing.js';
import { MemoryNotes } from '../support/memory-notes.js';
import { MemoryPlace } from '../support/memory-place.js';
import { wantedSession } from '../support/wanted-session.js';

const NOW = new Date('2026-11-27T10:15:00Z');
const later = (milliseconds: number) => new Date(NOW.getTime() + milliseconds);
const lease = { id: 'l1', who: 'ben@laptop', what: 'python train.py' };
const open = joinOrOpen(null, wantedSession(), NOW);
const turns = (many: number) =>
  Array.from({ length: many }).reduce<Promise<void>>(
    (before) => before.then(() => undefined),
    Promise.resolve(),
  );

describe('rules of a session', () => {
  it('is joined by whoever comes later, until its deadline', () => {
    expect(joinOrOpen(open, wantedSession('another'), later(1))).toBe(open);
    expect(() => joinOrOpen(open, wantedSession('another'), later(4 * 3_600_000))).toThrow('not closed yet');
    expect(() => joinOrOpen({ ...open, state: 'closing' }, wantedSession('another'), NOW)).toThrow(
      'not closed yet',
    );
    expect(joinOrOpen({ ...open, state: 'closed' }, wantedSession('another'), NOW).id).toBe('another');
  });

  it('is not closed while a lease lives, names who and what, and expires with its holder', () => {
    const used = withLease(open, lease, NOW);
    const refusal = (now: Date) => {
      try {
        return closing(used, now, false).state;
      } catch (error) {
        return isWmsError(error, 'cloud/in-use') && [error.code, error.why];
      }
    };
    expect(refusal(later(LEASE_MS - 1))).toEqual([
      12,
      `ben@laptop: python train.py (since ${NOW.toISOString()})`,
    ]);
    expect(refusal(later(LEASE_MS))).toBe('closing');
    expect(closing(used, NOW, true)).toMatchObject({ state: 'closing', leases: [] });
    expect(closing(withoutLease(used, lease.id), NOW, false).state).toBe('closing');
  });

  it('is extended while it is open, never shortened', () => {
    const tomorrow = later(24 * 3_600_000);
    expect(extended(open, tomorrow, NOW)).toEqual({ ...open, deadline: tomorrow.toISOString() });
    expect(extended(open, new Date(open.deadline), NOW)).toEqual(open);
    expect(() => extended(open, later(60_000), NOW)).toThrow('lasts until 2026-11-27T14:15:00.000Z already');
    expect(() => extended(open, tomorrow, new Date(open.deadline))).toThrow('No cloud session is open');
    expect(() => extended(null, tomorrow, NOW)).toThrow('No cloud session is open');
  });

  it('is leased only while it is open, and a renewal keeps its begin', () => {
    const renewed = withLease(withLease(open, lease, NOW), lease, later(60_000));
    expect(renewed.leases).toEqual([
      { ...lease, since: NOW.toISOString(), until: later(60_000 + LEASE_MS).toISOString() },
    ]);
    for (const none of [
      null,
      { ...open, state: 'closing' as const },
      { ...open, state: 'closed' as const },
    ]) {
      expect(() => withLease(none, lease, NOW)).toThrow('No cloud session is open');
    }
    expect(() => withLease(open, lease, new Date(open.deadline))).toThrow('No cloud session is open');
  });
});

describe('the note of the session', () => {
  it('that a newer version wrote is left alone', async () => {
    const notes = new MemoryNotes();
    await notes.write(SESSION, Buffer.from('{"version":2}'));
    const tools = { notes, timing: new FakeTiming() };
    await expect(changeSession(tools, () => open)).rejects.toMatchObject({
      kind: 'cloud/note-unreadable',
      code: 6,
    });
    expect(notes.content.get(SESSION)?.toString()).toBe('{"version":2}');
  });

  it('100 times: of several who open at the same moment, all get one session', async () => {
    for (let seed = 0; seed < 100; seed += 1) {
      const random = seededRandom(seed);
      const { notes } = new MemoryPlace(() => turns(Math.floor(random() * 8)));
      const one = (id: string) =>
        changeSession({ notes, timing: new FakeTiming() }, (current) =>
          joinOrOpen(current, wantedSession(id), NOW),
        );
      const sessions = await Promise.all(['a', 'b', 'c'].map(one));
      expect(new Set(sessions.map(({ id }) => id)).size).toBe(1);
      expect((await readSession(notes))?.id).toBe(sessions[0]?.id);
    }
  });

  it('200 times: a lease and a close at the same moment: one of them is refused, never both let through', async () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 200; seed += 1) {
      const random = seededRandom(seed);
      const { notes } = new MemoryPlace(() => turns(Math.floor(random() * 8)));
      const tools = { notes, timing: new FakeTiming() };
      await changeSession(tools, (current) => joinOrOpen(current, wantedSession(), NOW));
      const [leased, closed] = await Promise.allSettled([
        changeSession(tools, (current) => withLease(current, lease, NOW)),
        changeSession(tools, (current) => closing(current as Session, NOW, false)),
      ]);
      seen.add(`${leased.status} ${closed.status}`);
      const session = (await readSession(notes)) as Session;
      expect(session.state).toBe(closed.status === 'fulfilled' ? 'closing' : 'open');
      expect(liveLeases(session, NOW)).toHaveLength(leased.status === 'fulfilled' ? 1 : 0);
    }
    expect([...seen].sort()).toEqual(['fulfilled rejected', 'rejected fulfilled']);
  });
});

describe('a lease that is held', () => {
  const world = async () => {
    const notes = new MemoryNotes();
    let now = NOW.getTime();
    const waiting: (() => void)[] = [];
    const timing = {
      now: () => now,
      random: () => 0.5,
      // Time passes only when the test says so.
      sleep: (milliseconds: number, signal?: AbortSignal) =>
        new Promise<void>((resolve) => {
          if (milliseconds < 1000) return resolve();
          const wake = () => {
            signal?.removeEventListener('abort', wake);
            resolve();
          };
          signal?.addEventListener('abort', wake);
          waiting.push(wake);
        }),
    };
    const tools = { notes, timing, clock: { now: () => new Date(now) } };
    await changeSession(tools, (current) => joinOrOpen(current, wantedSession(), NOW));
    const pass = async (milliseconds: number) => {
      now += milliseconds;
      for (const wake of waiting.splice(0)) wake();
      await turns(50);
    };
    const live = async () => liveLeases((await readSession(notes)) as Session, new Date(now));
    return { tools, notes, pass, live };
  };

  it('is renewed while the work lasts, and given back', async () => {
    const { tools, pass, live } = await world();
    const result = await holdLease(tools, lease, async (lost) => {
      for (let quarter = 0; quarter < 12; quarter += 1) await pass(LEASE_MS / 4);
      expect(await live()).toMatchObject([{ who: 'ben@laptop', since: NOW.toISOString() }]);
      expect(lost.aborted).toBe(false);
      return 'trained';
    });
    expect(result).toBe('trained');
    expect(await live()).toEqual([]);
  });

  it('is given back when the work fails', async () => {
    const { tools, live } = await world();
    await expect(holdLease(tools, lease, () => Promise.reject(new Error('no memory')))).rejects.toThrow(
      'no memory',
    );
    expect(await live()).toEqual([]);
  });

  it('tells its holder when the session was closed by force', async () => {
    const { tools, pass } = await world();
    await holdLease(tools, lease, async (lost) => {
      await changeSession(tools, (current) => closing(current as Session, NOW, true));
      await pass(LEASE_MS / 4);
      expect(lost.reason).toMatchObject({ kind: 'cloud/lease-lost', code: 6 });
    });
  });

  it('survives a store that is away for a moment, and is lost before it could end unnoticed', async () => {
    const { tools, notes, pass, live } = await world();
    const read = notes.read.bind(notes);
    await holdLease(tools, lease, async (lost) => {
      notes.read = () => Promise.reject(new Error('no network'));
      await pass(LEASE_MS / 4);
      expect(lost.aborted).toBe(false);
      notes.read = read;
      await pass(LEASE_MS / 4);
      expect(await live()).toHaveLength(1);
      notes.read = () => Promise.reject(new Error('no network'));
      for (let quarter = 0; quarter < 3; quarter += 1) await pass(LEASE_MS / 4);
      expect(lost.aborted).toBe(true);
      notes.read = read;
      expect(await live()).toHaveLength(1);
    });
  });
});
