import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeTiming } from '../support/fake-timing.js';
import { openTestMlflow } from '../support/mlflow.js';
import { type MlflowFault, type MlflowTestServer, startMlflowServer } from '../support/mlflow-server.js';
import { makeDirectory } from '../support/scratch.js';
import { selfSigned } from '../support/self-signed.js';
import { freePort } from '../support/server-process.js';

const servers: MlflowTestServer[] = [];
const start = async (options: Parameters<typeof startMlflowServer>[0] = {}) => {
  const server = await startMlflowServer(options);
  servers.push(server);
  return server;
};
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

const page = (status: number, body: string, contentType = 'text/html'): MlflowFault => ({
  type: 'answer',
  status,
  body,
  contentType,
});
const refusal = (status: number, error_code: string, message: string): MlflowFault =>
  page(status, JSON.stringify({ error_code, message }), 'application/json');

describe('what an answer means', () => {
  let server: MlflowTestServer;
  beforeEach(async () => {
    server = await start();
  });

  it.each<[string, MlflowFault, { kind: string; code: number; next: RegExp }]>([
    [
      'another name of the server',
      page(403, 'Invalid Host header - possible DNS rebinding attack detected', 'text/plain'),
      { kind: 'tracking/wrong-host', code: 5, next: /--allowed-hosts "127\.0\.0\.1:\d+/ },
    ],
    [
      'no permission',
      refusal(403, 'PERMISSION_DENIED', 'Permission denied'),
      { kind: 'tracking/not-allowed', code: 4, next: /permission/ },
    ],
    [
      'a login page',
      page(200, '<html>Welcome to the hotel</html>'),
      { kind: 'tracking/not-mlflow', code: 5, next: /tracking\.uri/ },
    ],
    [
      'another server',
      page(404, '<h1>nginx</h1>'),
      { kind: 'tracking/not-mlflow', code: 5, next: /port and path/ },
    ],
    ['a redirect', page(302, ''), { kind: 'tracking/redirected', code: 5, next: /tracking\.uri/ }],
    [
      'a busy database',
      refusal(503, 'TEMPORARILY_UNAVAILABLE', 'database is locked'),
      { kind: 'tracking/busy', code: 5, next: /PostgreSQL/ },
    ],
    [
      'too many requests',
      page(429, 'slow down', 'text/plain'),
      { kind: 'tracking/busy', code: 5, next: /PostgreSQL/ },
    ],
    [
      'a bug of the server',
      refusal(500, 'INTERNAL_ERROR', 'oh'),
      { kind: 'tracking/server-error', code: 5, next: /log/ },
    ],
    ['a gateway', page(502, '<h1>Bad Gateway</h1>'), { kind: 'tracking/server-error', code: 5, next: /log/ }],
    [
      'a request that it refuses',
      refusal(400, 'BAD_REQUEST', 'no'),
      { kind: 'tracking/refused', code: 5, next: /mlflow check/ },
    ],
    [
      'JSON of another shape',
      page(200, '{"experiment":{}}', 'application/json'),
      { kind: 'tracking/not-understood', code: 5, next: /version/ },
    ],
    [
      'cut JSON',
      page(200, '{"experiment":{"exper', 'application/json'),
      { kind: 'tracking/interrupted', code: 5, next: /again/ },
    ],
    [
      'a connection that breaks off',
      { type: 'reset' },
      { kind: 'tracking/interrupted', code: 5, next: /again/ },
    ],
  ])('%s', async (_, fault, { kind, code, next }) => {
    server.inject({ fault });
    const { tracking, registry } = openTestMlflow(server.url);
    const expected = { kind, code, next: expect.stringMatching(next) };
    await expect(tracking.openExperiment('wms')).rejects.toMatchObject(expected);
    // Never taken for "there is no Production model".
    await expect(registry.production()).rejects.toMatchObject({ code });
  });

  it('an old server is told by its version', async () => {
    const old = await start({ version: '2.2.1' });
    old.inject({ operation: 'GET registered-models/alias', fault: page(404, '<h1>Not Found</h1>') });
    await expect(openTestMlflow(old.url).registry.production()).rejects.toMatchObject({
      kind: 'tracking/too-old',
      message: expect.stringContaining('2.2.1'),
    });
  });

  it('artifacts that are not served', async () => {
    const { tracking } = openTestMlflow(server.url);
    const { id: experimentId } = await tracking.openExperiment('wms');
    const run = await tracking.startRun({ experimentId, name: 'a', key: 'a', tags: {}, at: 1 });
    const upload = () => tracking.uploadArtifact(run.id, 'a.txt', Buffer.from('a'));
    server.inject({
      operation: 'PUT artifact',
      times: 1,
      fault: page(503, 'disabled: --no-serve-artifacts', 'text/plain'),
    });
    await expect(upload()).rejects.toMatchObject({ kind: 'tracking/artifacts-off', code: 5 });
    server.inject({
      operation: 'PUT artifact',
      fault: refusal(
        500,
        'INTERNAL_ERROR',
        'An error occurred (AccessDenied) when calling the PutObject operation',
      ),
    });
    await expect(upload()).rejects.toMatchObject({ kind: 'tracking/artifact-denied', code: 4 });
  });
});

describe('the way to the server', () => {
  it('nobody listens', async () => {
    const { tracking } = openTestMlflow(`http://127.0.0.1:${await freePort()}`);
    await expect(tracking.checkHealth()).rejects.toMatchObject({
      kind: 'tracking/unreachable',
      code: 5,
      why: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('a name that does not exist', async () => {
    await expect(openTestMlflow('http://mlflow.invalid:5000').tracking.checkHealth()).rejects.toMatchObject({
      kind: 'tracking/unreachable',
      code: 5,
    });
  });

  it('a path before the API', async () => {
    const server = await start({ prefix: '/team/mlflow' });
    expect(await openTestMlflow(`${server.url}/`).tracking.openExperiment('a')).toMatchObject({
      created: true,
    });
    await expect(
      openTestMlflow(server.url.replace('/team', '')).tracking.checkHealth(),
    ).rejects.toMatchObject({ kind: 'tracking/not-mlflow' });
  });

  it('TLS with a certificate that nobody vouches for', async () => {
    const tls = selfSigned();
    const server = await start({ tls });
    const path = join(makeDirectory(), 'ca.pem');
    writeFileSync(path, tls.cert);
    const open = (env: Record<string, string>) => openTestMlflow(server.url, { env }).tracking.checkHealth();
    await expect(open({})).rejects.toMatchObject({
      kind: 'tracking/tls',
      next: expect.stringContaining('MLFLOW_TRACKING_SERVER_CERT_PATH'),
    });
    await open({ MLFLOW_TRACKING_SERVER_CERT_PATH: path });
    await open({ MLFLOW_TRACKING_INSECURE_TLS: 'true' });
    await expect(
      openTestMlflow(server.url.replace('https', 'http')).tracking.checkHealth(),
    ).rejects.toMatchObject({ code: 5 });
  });

  it('a signal ends a pause', async () => {
    const server = await start();
    server.inject({ operation: 'POST experiments/search', fault: { type: 'hang' } });
    const reason = new Error('stopped');
    const stop = new AbortController();
    server.onRequest = (operation) => {
      if (operation === 'POST experiments/search') stop.abort(reason);
    };
    await expect(openTestMlflow(server.url).tracking.checkHealth(stop.signal)).rejects.toBe(reason);
  });
});

describe('credentials', () => {
  const basic = `Basic ${Buffer.from('ana:geheim').toString('base64')}`;
  const check = (url: string, env: Record<string, string>) =>
    openTestMlflow(url, { env }).tracking.checkHealth();

  it('are missing, wrong or right', async () => {
    const { url } = await start({ authorization: basic });
    await expect(check(url, {})).rejects.toMatchObject({ kind: 'tracking/credentials-missing', code: 4 });
    const user = { MLFLOW_TRACKING_USERNAME: 'ana' };
    const wrong = check(url, { ...user, MLFLOW_TRACKING_PASSWORD: 'falsch' });
    await expect(wrong).rejects.toMatchObject({ kind: 'tracking/credentials-wrong', code: 4 });
    await check(url, { ...user, MLFLOW_TRACKING_PASSWORD: 'geheim' });
  });

  it('are a token', async () => {
    const { url } = await start({ authorization: 'Bearer abc' });
    await check(url, { MLFLOW_TRACKING_TOKEN: 'abc' });
  });

  it('in the address are used, and never shown', async () => {
    const { url } = await start({ authorization: basic });
    const { tracking, registry } = openTestMlflow('http://127.0.0.1', {
      env: { MLFLOW_TRACKING_URI: url.replace('//', '//ana:geheim@') },
    });
    await tracking.checkHealth();
    expect(`${tracking.url} ${registry.url}`).not.toContain('geheim');
  });
});

describe('retries', () => {
  it('wait for a busy server, and then give up', async () => {
    const server = await start();
    const timing = new FakeTiming();
    const { tracking } = openTestMlflow(server.url, { timing });
    const busy = page(503, 'upstream', 'text/plain');
    server.inject({ fault: busy, times: 3 });
    await tracking.openExperiment('wms');
    expect(timing.pauses).toHaveLength(3);
    server.inject({ fault: busy });
    await expect(tracking.openExperiment('wms')).rejects.toMatchObject({ kind: 'tracking/busy' });
    expect(timing.now()).toBeLessThan(300_000);
  });

  it('are none in one health check', async () => {
    const server = await start();
    server.inject({ fault: page(503, 'waking up', 'text/plain') });
    await expect(openTestMlflow(server.url).tracking.checkHealth()).rejects.toMatchObject({
      kind: 'tracking/busy',
    });
    expect(server.log).toEqual(['GET health']);
  });
});
