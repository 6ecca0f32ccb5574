import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UNTOLD } from '../../src/ports/registry.js';
import { registrySuite } from '../contract/registry.suite.js';
import { trackingSuite } from '../contract/tracking.suite.js';
import { type LossyProxy, startLossyProxy } from '../support/lossy-proxy.js';
import { openTestMlflow, promoteIn, startTestRun } from '../support/mlflow.js';
import { type MlflowProcess, startMlflow } from '../support/mlflow-process.js';
import { peerCommand } from '../support/peers.js';
import { isolatedEnv, makeDirectory } from '../support/scratch.js';
import { wms } from '../support/team.js';

/** Names of the tests' own: the server outlives them. */
const fresh = (word: string) => `${word} ${randomBytes(4).toString('hex')}`;
const files = (bytes = randomBytes(400)) => ({ model: bytes, facts: '{"input": 1}' });

let server: MlflowProcess;
beforeAll(async () => {
  server = await startMlflow({ workers: 2, flags: ['--allowed-hosts', '127.0.0.1:*'] });
});
afterAll(() => server?.stop());

registrySuite('MLflow', async () => {
  const registry = { model: fresh('suite') };
  const proxy = await startLossyProxy(server.url);
  const mlflow = openTestMlflow(proxy.url, { registry });
  return {
    registry: mlflow.registry,
    other: openTestMlflow(proxy.url, { registry }).registry,
    runId: await startTestRun(mlflow.tracking, fresh('trained')),
    cutOff: () => proxy.close(),
    close: () => proxy.close(),
  };
});

trackingSuite('MLflow', async () => openTestMlflow(server.url).tracking);

describe('three models', () => {
  it('the first, a better and a worse one; then back to the first', async () => {
    const { registry, tracking } = openTestMlflow(server.url, {
      registry: { model: fresh('meters'), stages: true },
    });
    const train = async (dice: number) => {
      const runId = await startTestRun(tracking, fresh('run'));
      return registry.register(files(), { ...UNTOLD, runId, scores: { dice, iou: dice - 0.1 } });
    };
    const first = await train(0.8);
    await promoteIn(registry, first.version, null);
    const better = await train(0.9);
    await promoteIn(registry, better.version, first.version);
    const worse = await train(0.7);
    expect(await registry.production()).toEqual(better);
    await expect(promoteIn(registry, worse.version, first.version)).rejects.toMatchObject({
      kind: 'registry/changed',
      code: 6,
    });
    await promoteIn(registry, first.version, better.version);
    expect(await registry.production()).toEqual(first);
    expect((await registry.versions()).map(({ scores }) => scores?.dice)).toEqual([0.7, 0.9, 0.8]);
    expect((await registry.promotions()).map(({ version, replaced }) => [version, replaced])).toEqual([
      ['1', '2'],
      ['2', '1'],
      ['1', null],
    ]);
  });
});

describe('a network that loses answers', () => {
  let proxy: LossyProxy;
  beforeAll(async () => {
    proxy = await startLossyProxy(server.url);
  });
  afterAll(() => proxy?.close());

  it('makes neither a second version nor a second run', async () => {
    const { registry, tracking } = openTestMlflow(proxy.url, { registry: { model: fresh('lossy') } });
    for (const path of [/model-versions\/create/, /runs\/create/, /registered-models\/create/]) {
      proxy.fail('lose-answer', { path, times: 1 });
    }
    const same = files();
    const { version } = await registry.register(same, UNTOLD);
    expect(version).toBe('1');
    expect(await registry.register(same, UNTOLD)).toMatchObject({ version });
    expect(await registry.versions()).toHaveLength(1);
    const { id: experimentId } = await tracking.openExperiment('wms');
    expect(
      await tracking.findRuns({
        experimentId,
        tags: { 'wms.key': `model-${(await registry.versions())[0]?.model}` },
      }),
    ).toHaveLength(1);
  });

  it('promotes once', async () => {
    const { registry } = openTestMlflow(proxy.url, { registry: { model: fresh('lossy') } });
    await registry.register(files(), UNTOLD);
    proxy.fail('lose-answer', { method: 'POST', path: /registered-models\/(alias|set-tag)/, times: 2 });
    await promoteIn(registry, '1', null);
    expect(await registry.promotions()).toHaveLength(1);
  });

  it('writes every metric once', async () => {
    const { tracking } = openTestMlflow(proxy.url);
    const id = await startTestRun(tracking, fresh('metrics'));
    proxy.fail('lose-answer', { path: /log-batch/, times: 1 });
    const points = Array.from({ length: 1500 }, (_, step) => ({
      name: 'loss',
      value: 1 / (step + 1),
      step,
      at: step,
    }));
    await tracking.logMetrics(id, points);
    const history = `${server.url}/api/2.0/mlflow/metrics/get-history?run_id=${id}&metric_key=loss&max_results=5000`;
    const { metrics } = (await (await fetch(history)).json()) as { metrics: { step: number }[] };
    expect(metrics.map(({ step }) => step).toSorted((a, b) => a - b)).toEqual(points.map(({ step }) => step));
  });

  it('waits for a burst of 503 to pass', async () => {
    const { registry } = openTestMlflow(proxy.url, { registry: { model: fresh('busy') } });
    proxy.fail('busy', { path: /./, times: 4 });
    expect(await registry.production()).toBeNull();
    proxy.fail('busy', { path: /model-versions\/create/, times: 2 });
    expect(await registry.register(files(), UNTOLD)).toMatchObject({ version: '1' });
  });
});

describe('the server', () => {
  it('takes metrics from eight at the same time', async () => {
    const { tracking } = openTestMlflow(server.url);
    const ids = await Promise.all(Array.from({ length: 8 }, () => startTestRun(tracking, fresh('parallel'))));
    const epochs = Array.from({ length: 20 }, (_, epoch) => epoch);
    await Promise.all(
      ids.map(async (id) => {
        for (const epoch of epochs) {
          const at = 1_700_000_000_000 + epoch;
          await tracking.logMetrics(
            id,
            ['dice', 'iou', 'loss'].map((name) => ({ name, value: epoch, step: epoch, at })),
          );
        }
      }),
    );
    const runs = await Promise.all(ids.map((id) => tracking.readRun(id)));
    expect(runs.map(({ metrics }) => metrics.loss?.value)).toEqual(ids.map(() => 19));
  });

  it('keeps an experiment in the bin', async () => {
    const { tracking } = openTestMlflow(server.url);
    const name = fresh('bin');
    const { id } = await tracking.openExperiment(name);
    await execa(await peerCommand('mlflow'), ['experiments', 'delete', '--experiment-id', id], {
      env: isolatedEnv({ MLFLOW_TRACKING_URI: server.url }),
    });
    await expect(tracking.openExperiment(name)).rejects.toMatchObject({
      kind: 'tracking/experiment-deleted',
      next: expect.stringContaining(`--experiment-id ${id}`),
    });
  });

  it('does not answer to a name that it was not told', async () => {
    const url = server.url.replace('127.0.0.1', 'localhost');
    await expect(openTestMlflow(url).tracking.checkHealth()).rejects.toMatchObject({
      kind: 'tracking/wrong-host',
      code: 5,
      next: expect.stringContaining(`--allowed-hosts "localhost:`),
    });
  });

  it('gives us what MLflow 3 has logged and registered', async () => {
    const directory = makeDirectory();
    const [model, name] = [randomBytes(300), fresh('logged')];
    writeFileSync(join(directory, 'net.onnx'), model);
    const script = [
      'import mlflow, sys',
      'class Model(mlflow.pyfunc.PythonModel):',
      '    def predict(self, context, model_input): return model_input',
      'mlflow.set_experiment("logged")',
      'with mlflow.start_run():',
      '    mlflow.pyfunc.log_model(name="model", python_model=Model(), artifacts={"onnx": "net.onnx"},',
      '                            registered_model_name=sys.argv[1], pip_requirements=[])',
    ].join('\n');
    const python = join(dirname(await peerCommand('mlflow')), 'python');
    await execa(python, ['-c', script, name], {
      cwd: directory,
      env: isolatedEnv({ MLFLOW_TRACKING_URI: server.url, MLFLOW_DISABLE_TELEMETRY: 'true' }),
    });
    const { registry } = openTestMlflow(server.url, { registry: { model: name } });
    expect(await registry.versions()).toMatchObject([
      { version: '1', model: null, runId: expect.stringMatching(/^[0-9a-f]{32}$/) },
    ]);
    expect(await registry.load('1')).toEqual({ model, facts: null });
    await promoteIn(registry, '1', null);
    expect(await registry.production()).toMatchObject({ version: '1', scores: null });
  });

  it('passes wms mlflow check', async () => {
    const directory = makeDirectory();
    await execa('git', ['init', '--quiet', directory], { env: isolatedEnv() });
    writeFileSync(join(directory, 'wms.config.json'), '{}');
    const { exitCode, stdout, stderr } = await wms(directory, ['mlflow', 'check', '--json'], {
      MLFLOW_TRACKING_URI: server.url,
    });
    expect(stderr).toContain('Training can use this server.');
    expect(JSON.parse(stdout)).toMatchObject({
      error: null,
      steps: [{ ok: true }, { ok: true }, { ok: true }, { ok: true }],
    });
    expect(exitCode).toBe(0);
  });
});

describe('a server', () => {
  it('with users wants to know who we are', async () => {
    const password = 'a long enough password';
    const directory = makeDirectory();
    const config = join(directory, 'auth.ini');
    writeFileSync(
      config,
      `[mlflow]\ndefault_permission = READ\ndatabase_uri = sqlite:///${directory}/users.db\nadmin_username = admin\nadmin_password = ${password}\nauthorization_function = mlflow.server.auth:authenticate_request_basic_auth\n`,
    );
    const guarded = await startMlflow({
      flags: ['--app-name', 'basic-auth'],
      env: {
        MLFLOW_AUTH_CONFIG_PATH: config,
        MLFLOW_FLASK_SERVER_SECRET_KEY: randomBytes(8).toString('hex'),
      },
    });
    try {
      const open = (env: Record<string, string>) => openTestMlflow(guarded.url, { env });
      const missing = { kind: 'tracking/credentials-missing', code: 4 };
      await expect(open({}).tracking.checkHealth()).rejects.toMatchObject(missing);
      await expect(open({}).registry.production()).rejects.toMatchObject(missing);
      const admin = { MLFLOW_TRACKING_USERNAME: 'admin' };
      const wrong = open({ ...admin, MLFLOW_TRACKING_PASSWORD: 'wrong' });
      await expect(wrong.registry.production()).rejects.toMatchObject({
        kind: 'tracking/credentials-wrong',
        code: 4,
      });
      const { registry } = open({ ...admin, MLFLOW_TRACKING_PASSWORD: password });
      await registry.register(files(), UNTOLD);
      await promoteIn(registry, '1', null);
      expect(await registry.production()).toMatchObject({ version: '1' });
    } finally {
      await guarded.stop();
    }
  });

  it('that serves no artifacts is told so, whatever else works', async () => {
    const closed = await startMlflow({ flags: ['--no-serve-artifacts'] });
    try {
      const { registry, tracking } = openTestMlflow(closed.url);
      const run = await startTestRun(tracking, 'a');
      expect((await tracking.readRun(run)).id).toBe(run);
      await expect(registry.register(files(), UNTOLD)).rejects.toMatchObject({
        kind: 'tracking/artifacts-not-proxied',
        code: 5,
      });
    } finally {
      await closed.stop();
    }
  });
});
