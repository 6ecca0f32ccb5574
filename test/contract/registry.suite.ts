import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isWmsError } from '../../src/errors.js';
import { type ModelOrigin, type Registry, UNTOLD } from '../../src/ports/registry.js';

export interface RegistryUnderTest {
  /** Without a version or a Production model. */
  readonly registry: Registry;
  /** Another door to the same registry: another teammate. */
  readonly other: Registry;
  /** A run that models may come from; default: any name will do. */
  readonly runId?: string;
  /** From now on, neither door reaches it. */
  cutOff(): Promise<void> | void;
  readonly close?: () => Promise<void> | void;
}

const ORIGIN = {
  runId: 'run-1',
  scores: { dice: 0.9125, iou: 0.8375 },
  testSplit: 'f'.repeat(32),
  dataRevision: 'a'.repeat(40),
  gitCommit: 'b'.repeat(40),
  trainedAt: '2026-11-20T10:00:00.000Z',
  trainingPairs: 49,
  who: 'Ana Test <ana@example.com>',
};

const newModel = (facts: string | null = null) => ({ model: randomBytes(500), facts });

const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');

function request(version: string, expected: string | null, reason = 'the gate says better') {
  return {
    version,
    expected,
    who: 'Ana Test <ana@example.com>',
    reason,
    at: '2026-11-21T10:15:00.000Z',
    files: new Map<string, string>(),
  };
}

async function failureOf(promise: Promise<unknown>) {
  const error = await promise.then(
    () => null,
    (thrown) => thrown,
  );
  if (!isWmsError(error)) throw new Error(`a WmsError was expected, not ${error}`);
  return { kind: error.kind, code: error.code };
}

/** The promises in src/ports/registry.ts. */
export function registrySuite(name: string, open: () => Promise<RegistryUnderTest>): void {
  describe(`Registry: ${name}`, () => {
    let under: RegistryUnderTest;
    let registry: Registry;
    let other: Registry;
    let origin: ModelOrigin;
    beforeEach(async () => {
      under = await open();
      ({ registry, other } = under);
      origin = { ...ORIGIN, runId: under.runId ?? ORIGIN.runId };
    });
    afterEach(async () => under?.close?.());

    const registered = async (facts: string | null = null) =>
      (await registry.register(newModel(facts), origin)).version;

    it('says that there is nothing yet', async () => {
      expect(await registry.production()).toBeNull();
      expect(await registry.versions()).toEqual([]);
      expect(await registry.promotions()).toEqual([]);
    });

    it('tells everybody of a registered version, which is not Production by that', async () => {
      const files = newModel();
      const version = await registry.register(files, origin);
      expect(version).toMatchObject({ ...origin, version: '1', model: md5(files.model) });
      expect(Date.parse(version.createdAt)).not.toBeNaN();
      expect(await other.versions()).toEqual([version]);
      expect(await other.production()).toBeNull();
    });

    it('answers the version that exists for the same bytes, whoever registers them', async () => {
      const files = newModel();
      const first = await registry.register(files, origin);
      await registered();
      expect(await registry.register(files, origin)).toEqual(first);
      expect(await other.register({ ...files, facts: '{}' }, { ...origin, who: 'Ben' })).toEqual(first);
      expect((await other.versions()).map(({ version }) => version)).toEqual(['2', '1']);
    });

    it('gives different models that arrive together different versions', async () => {
      const versions = await Promise.all([
        registry.register(newModel(), origin),
        other.register(newModel(), origin),
      ]);
      expect(versions.map(({ version }) => version).toSorted()).toEqual(['1', '2']);
    });

    it('promotes, and everybody sees it', async () => {
      const [one, two] = [await registered(), await registered()];
      await registry.promote(request(one, null, 'first'));
      expect(await other.production()).toMatchObject({ ...origin, version: one });
      await other.promote(request(two, one, 'better'));
      expect(await registry.production()).toMatchObject({ version: two });
      const { who, at } = request(one, null);
      expect(await registry.promotions()).toEqual([
        { version: two, replaced: one, reason: 'better', who, at },
        { version: one, replaced: null, reason: 'first', who, at },
      ]);
    });

    it('takes an earlier version back', async () => {
      const [one, two] = [await registered(), await registered()];
      await registry.promote(request(one, null));
      await registry.promote(request(two, one));
      await registry.promote(request(one, two, 'blurred digits'));
      expect(await other.production()).toMatchObject({ version: one });
      expect((await other.promotions())[0]).toMatchObject({ version: one, replaced: two });
    });

    it('changes nothing when Production is not what the caller has seen', async () => {
      const [one, two] = [await registered(), await registered()];
      const conflict = { kind: 'registry/changed', code: 6 };
      expect(await failureOf(registry.promote(request(one, two)))).toEqual(conflict);
      expect(await registry.production()).toBeNull();
      await other.promote(request(one, null));
      expect(await failureOf(registry.promote(request(two, null)))).toEqual(conflict);
      expect(await registry.production()).toMatchObject({ version: one });
      expect(await registry.promotions()).toHaveLength(1);
    });

    it('changes nothing when a version is promoted that is Production already', async () => {
      const one = await registered();
      await registry.promote(request(one, null));
      await registry.promote(request(one, null));
      await other.promote(request(one, one));
      expect(await registry.promotions()).toHaveLength(1);
    });

    it('promotes no version that it does not have', async () => {
      expect((await failureOf(registry.promote(request('7', null)))).kind).toBe('registry/no-such-version');
      expect(await registry.production()).toBeNull();
    });

    it('gives back what was registered', async () => {
      const facts = '{ "input": {"name": "Zähler"} }\r\n';
      for (const files of [newModel(facts), newModel(null)]) {
        const { version } = await registry.register(files, origin);
        expect(await other.load(version)).toEqual(files);
      }
      expect((await failureOf(registry.load('7'))).kind).toBe('registry/no-such-version');
    });

    it('takes a model of which nothing is told', async () => {
      const version = await registry.register(newModel(), UNTOLD);
      expect(version).toMatchObject(UNTOLD);
      await registry.promote(request(version.version, null));
      expect(await other.production()).toEqual(version);
    });

    it('gives the same model that arrives twice at the same time one version', async () => {
      const files = newModel();
      const versions = await Promise.all([registry.register(files, origin), other.register(files, origin)]);
      expect(versions.map(({ version }) => version)).toEqual(['1', '1']);
      expect(await registry.versions()).toHaveLength(1);
    });

    it('lets at most one of two promotions at the same time succeed, and keeps to it', async () => {
      const [one, two, three] = [await registered(), await registered(), await registered()];
      await registry.promote(request(one, null));
      const ends = await Promise.allSettled([
        registry.promote(request(two, one)),
        other.promote(request(three, one)),
      ]);
      const winners = [two, three].filter((_, index) => ends[index]?.status === 'fulfilled');
      const kinds = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.kind] : []));
      expect(winners.length).toBeLessThan(2);
      expect(kinds.every((kind) => kind === 'registry/changed')).toBe(true);
      const production = (await registry.production())?.version;
      expect(winners.length === 0 ? [one, two, three] : winners).toContain(production);
      expect((await other.promotions())[0]?.version).toBe(production);
    });

    it('says that it cannot be reached, and never that there is nothing', async () => {
      const one = await registered();
      await registry.promote(request(one, null));
      await under.cutOff();
      for (const door of [registry, other]) {
        for (const question of [
          () => door.production(),
          () => door.versions(),
          () => door.promotions(),
          () => door.load(one),
          () => door.register(newModel(), origin),
          () => door.promote(request(one, null)),
        ]) {
          expect([4, 5]).toContain((await failureOf(question())).code);
        }
      }
    });
  });
}
