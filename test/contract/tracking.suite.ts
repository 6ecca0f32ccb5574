import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TrackingServer } from '../../src/ports/tracking-server.js';

/** The promises in src/ports/tracking-server.ts. Every test has an experiment of its own. */
export function trackingSuite(name: string, open: () => Promise<TrackingServer>): void {
  describe(`TrackingServer: ${name}`, () => {
    let server: TrackingServer;
    let experiment: string;
    let experimentId: string;
    beforeEach(async () => {
      server = await open();
      experiment = `wms ${randomUUID()}`;
      experimentId = (await server.openExperiment(experiment)).id;
    });
    const start = (key: string, at: number, tags: Record<string, string> = {}) =>
      server.startRun({ experimentId, name: `run ${key}`, key, tags, at });

    it('is healthy, and makes an experiment once', async () => {
      await server.checkHealth();
      expect(await server.openExperiment(experiment)).toEqual({ id: experimentId, created: false });
    });

    it('answers the run that has the key already', async () => {
      const run = await start('a', 1000, { group: 'g' });
      expect(run).toMatchObject({
        experimentId,
        name: 'run a',
        status: 'RUNNING',
        startedAt: 1000,
        endedAt: null,
      });
      expect(run.tags).toMatchObject({ group: 'g', 'wms.key': 'a' });
      expect(await start('a', 2000)).toEqual(run);
      expect((await start('b', 3000)).id).not.toBe(run.id);
    });

    it('finds runs by status and tags, newest first', async () => {
      const [old, young, other] = [
        await start('a', 1000, { group: "Ana's" }),
        await start('b', 2000, { group: "Ana's" }),
        await start('c', 3000, { group: 'x' }),
      ];
      await server.endRun(other.id, 'KILLED', 4000);
      const ids = async (search: { status?: 'RUNNING' | 'KILLED'; tags?: Record<string, string> }) =>
        (await server.findRuns({ experimentId, ...search })).map(({ id }) => id);
      expect(await ids({})).toEqual([other.id, young.id, old.id]);
      expect(await ids({ tags: { group: "Ana's" } })).toEqual([young.id, old.id]);
      expect(await ids({ status: 'KILLED' })).toEqual([other.id]);
      expect(await server.readRun(other.id)).toMatchObject({ status: 'KILLED', endedAt: 4000 });
    });

    it('keeps what is logged', async () => {
      const { id } = await start('a', 1000);
      await server.logMetrics(id, [
        { name: 'dice', value: 0.5, step: 0, at: 1100 },
        { name: 'dice', value: 0.75, step: 1, at: 1200 },
      ]);
      await server.setTags(id, { note: 'grün' });
      const run = await server.readRun(id);
      expect(run.metrics).toEqual({ dice: { value: 0.75, at: 1200 } });
      expect(run.tags.note).toBe('grün');
    });

    it('says that there is no such run', async () => {
      const failure = { kind: 'tracking/no-such-run', code: 5 };
      await expect(server.readRun('nobody')).rejects.toMatchObject(failure);
      await expect(server.setTags('nobody', { a: 'b' })).rejects.toMatchObject(failure);
      await expect(server.uploadArtifact('nobody', 'a', Buffer.from('a'))).rejects.toMatchObject(failure);
    });
  });
}
