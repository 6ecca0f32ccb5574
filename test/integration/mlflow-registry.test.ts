import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Registry, UNTOLD } from '../../src/ports/registry.js';
import { openTestMlflow, promoteIn } from '../support/mlflow.js';
import { type MlflowFault, type MlflowTestServer, startMlflowServer } from '../support/mlflow-server.js';

let server: MlflowTestServer;
let registry: Registry;
beforeEach(async () => {
  server = await startMlflowServer();
  registry = openTestMlflow(server.url).registry;
});
afterEach(() => server.close());

const files = () => ({ model: randomBytes(200), facts: null });
const register = (model = files(), to = registry) => to.register(model, UNTOLD);
const model = () => server.state.model('wms');
const busy: MlflowFault = { type: 'answer', status: 503, body: 'busy', contentType: 'text/plain' };

/** Versions 1 (Production) … `count`. */
async function withVersions(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await register();
  await promoteIn(registry, '1', null);
}

describe('register', () => {
  it.each<[string, MlflowFault]>([
    ['lost', { type: 'lost-answer' }],
    ['cut', { type: 'cut' }],
  ])('makes one version although the answer was %s', async (_, fault) => {
    server.inject({ operation: 'POST model-versions/create', fault, times: 1 });
    expect((await register()).version).toBe('1');
    expect(server.count('POST model-versions/create')).toBe(1);
    expect([...model().versions.keys()]).toEqual(['1']);
  });

  it.each<[string, MlflowFault]>([
    ['broke off', { type: 'reset' }],
    ['was answered with 503', busy],
  ])('tries again after it has looked, when the request %s', async (_, fault) => {
    server.inject({ operation: 'POST model-versions/create', fault, times: 2 });
    expect((await register()).version).toBe('1');
    const order = server.log.filter((operation) => operation.includes('model-versions/'));
    const [look, make] = ['GET model-versions/search', 'POST model-versions/create'];
    expect(order).toEqual([look, make, look, make, look, make, look, 'GET model-versions/get']);
  });

  it('gives up in the end, and goes on where it stopped', async () => {
    const same = files();
    server.inject({ operation: 'POST model-versions/create', fault: busy });
    await expect(register(same)).rejects.toMatchObject({ kind: 'tracking/busy', code: 5 });
    server.clearFaults();
    expect((await register(same)).version).toBe('1');
    expect(server.state.runs.size).toBe(1);
  });

  it('keeps one version when two register the same model at the same time', async () => {
    const same = files();
    let arrived = 0;
    const both = new Promise<void>((resolve) => {
      server.onRequest = (operation) => {
        if (operation !== 'POST model-versions/create') return;
        arrived += 1;
        if (arrived === 2) resolve();
        return both;
      };
    });
    const answers = await Promise.all([register(same), register(same, openTestMlflow(server.url).registry)]);
    expect(arrived).toBe(2);
    expect(answers.map(({ version }) => version)).toEqual(['1', '1']);
    expect([...model().versions.keys()]).toEqual(['1']);
  });

  it('never names files that are not there', async () => {
    server.inject({ operation: 'PUT artifact', fault: { type: 'answer', status: 200, body: '{}' } });
    await expect(register()).rejects.toMatchObject({ kind: 'tracking/artifact-not-stored', code: 5 });
    expect(model().versions.size).toBe(0);
  });

  it('says that artifacts do not go through the server', async () => {
    server.state.artifactRoot = 's3://bucket/mlflow';
    await expect(register()).rejects.toMatchObject({
      kind: 'tracking/artifacts-not-proxied',
      code: 5,
      next: expect.stringContaining('--artifacts-destination'),
    });
  });
});

describe('load', () => {
  it('refuses bytes that are not those that were registered', async () => {
    await register();
    const [path = ''] = server.state.artifacts.keys();
    server.state.artifacts.set(path, Buffer.from('something else'));
    await expect(registry.load('1')).rejects.toMatchObject({ kind: 'registry/model-damaged', code: 5 });
  });

  it('refuses bytes that a proxy has cut', async () => {
    await register();
    server.inject({ operation: 'GET artifact', fault: { type: 'cut' }, after: 1 });
    await expect(registry.load('1')).rejects.toMatchObject({ kind: 'registry/model-damaged' });
  });

  describe('a model that somebody else has logged', () => {
    const logged = async (paths: readonly string[]) => {
      await register();
      const [made] = [...model().versions.values()];
      const root = made!.source.replace('mlflow-artifacts:/', '');
      server.state.artifacts.clear();
      for (const path of paths) server.state.artifacts.set(`${root}/${path}`, Buffer.from(path));
      model().versions.set('1', { ...made!, tags: [] });
      return registry.load('1');
    };

    it('is found below the version', async () => {
      const { model: bytes, facts } = await logged(['MLmodel', 'artifacts/net.onnx', 'artifacts/model.json']);
      expect([String(bytes), facts]).toEqual(['artifacts/net.onnx', 'artifacts/model.json']);
      expect((await registry.versions())[0]).toMatchObject({ version: '1', model: null, scores: null });
    });

    it.each([
      ['none', ['MLmodel'], /no \.onnx file/],
      ['two', ['a/one.onnx', 'b/two.onnx'], /several .*one\.onnx, two\.onnx/],
    ])('and has %s', async (_, paths, why) => {
      await expect(logged(paths)).rejects.toMatchObject({
        kind: 'registry/no-model-file',
        why: expect.stringMatching(why),
      });
    });
  });
});

describe('promote', () => {
  it('keeps the version before as an alias', async () => {
    await withVersions(2);
    await promoteIn(registry, '2', '1');
    expect(Object.fromEntries(model().aliases)).toEqual({ production: '2', previous: '1' });
  });

  /** Tag, alias, tag, previous, two stages. */
  it.each([0, 1, 2, 3, 4, 5])(
    'stopped after %i of its six writes and run again, ends the same',
    async (done) => {
      registry = openTestMlflow(server.url, { registry: { stages: true } }).registry;
      await withVersions(2);
      let writes = 0;
      server.onRequest = (operation) => {
        if (operation.startsWith('POST ') && writes++ === done) server.inject({ fault: { type: 'reset' } });
      };
      await expect(promoteIn(registry, '2', '1')).rejects.toMatchObject({ kind: 'tracking/interrupted' });
      server.onRequest = undefined;
      server.clearFaults();
      // A reader meets the old one or the new one.
      expect(['1', '2']).toContain((await registry.production())?.version);
      await promoteIn(registry, '2', '1');
      expect((await registry.promotions()).map(({ version, replaced }) => [version, replaced])).toEqual([
        ['2', '1'],
        ['1', null],
      ]);
      expect(Object.fromEntries(model().aliases)).toEqual({ production: '2', previous: '1' });
      expect([...model().versions.values()].map(({ current_stage }) => current_stage)).toEqual([
        'Archived',
        'Production',
      ]);
    },
  );

  describe('two at the same time', () => {
    /** The second one promotes as a whole just before the first one's request number `before`. */
    const overtakenAt = async (before: number) => {
      await withVersions(3);
      const other = openTestMlflow(server.url).registry;
      let requests = 0;
      let second: Promise<unknown> = Promise.resolve();
      server.onRequest = () => {
        if (requests++ !== before) return;
        second = promoteIn(other, '3', '1').then(
          () => 'done',
          (error) => error.kind,
        );
        return second.then(() => {});
      };
      const first = await promoteIn(registry, '2', '1').then(
        () => 'done',
        (error) => error.kind,
      );
      server.onRequest = undefined;
      return [first, await second];
    };

    it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])(
      'the other one in the middle, before request %i: one of them has it, and it stays',
      async (before) => {
        const ends = await overtakenAt(before);
        expect(ends.toSorted()).toEqual(['done', 'registry/changed']);
        const production = (await registry.production())?.version;
        expect(production).toBe(ends[0] === 'done' ? '2' : '3');
        const [last, ...earlier] = await registry.promotions();
        expect(last).toMatchObject({ version: production, replaced: '1' });
        expect(earlier).toMatchObject([{ version: '1', replaced: null }]);
      },
    );
  });

  it('mirrors stages: the old one is archived only when the new one is there', async () => {
    registry = openTestMlflow(server.url, { registry: { stages: true } }).registry;
    await withVersions(2);
    server.log.length = 0;
    const seen: string[][] = [];
    server.onRequest = (operation) => {
      if (operation !== 'POST model-versions/transition-stage') return;
      seen.push([...model().versions.values()].map(({ current_stage }) => current_stage));
    };
    await promoteIn(registry, '2', '1');
    expect(seen).toEqual([
      ['Production', 'None'],
      ['Production', 'Production'],
    ]);
    expect([...model().versions.values()].map(({ current_stage }) => current_stage)).toEqual([
      'Archived',
      'Production',
    ]);
  });

  it('does not take a version with the stage alone for no Production at all', async () => {
    await register();
    model().versions.get('1')!.current_stage = 'Production';
    await expect(registry.production()).rejects.toMatchObject({
      kind: 'registry/only-staged',
      next: expect.stringContaining('set_registered_model_alias("wms", "production", "1")'),
    });
  });
});
