import { once } from 'node:events';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { drawMeter } from '../../scripts/sample/meters.js';
import { tinyModel, tinyModelFacts } from '../../scripts/sample/tiny-model.js';
import { isolatedEnv, makeDirectory, makeRepository, writeFiles } from '../support/scratch.js';
import { PACKAGE_ROOT, wms } from '../support/team.js';

test('wms serve --json serves a file outside of any repository until it is told to end', async () => {
  const directory = makeDirectory();
  await writeFiles(directory, { 'model.onnx': tinyModel(), 'model.json': tinyModelFacts() });
  const child = execa(
    process.execPath,
    [`${PACKAGE_ROOT}/bin/wms.js`, 'serve', '--model', 'model.onnx', '--port', '0', '--json'],
    { cwd: directory, env: isolatedEnv({ CI: '1' }), extendEnv: false, reject: false, timeout: 60_000 },
  );
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { url } = JSON.parse(line.toString()) as { url: string };
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await fetch(`${url}/v2/health/ready`)).status).toBe(200);
  const { image } = await drawMeter(3);
  const answer = await fetch(`${url}/predict`, { method: 'POST', body: image });
  expect(answer.headers.get('x-model-variant')).toBe('model');
  expect(answer.headers.get('x-model-version')).toMatch(/^[0-9a-f]{12}$/);
  const taken = await wms(directory, ['serve', '--model', 'model.onnx', '--port', new URL(url).port]);
  expect(taken.exitCode).toBe(2);
  expect(taken.stderr).toContain('another program listens there already');
  child.kill('SIGTERM');
  const { exitCode, stderr } = await child;
  expect(exitCode).toBe(0);
  expect(stderr).toContain('Serving at http://127.0.0.1:');
});

test('wms serve says what to do where there is nothing to serve', async () => {
  const clone = await makeRepository();
  const none = await wms(clone, ['serve']);
  expect(none.exitCode).toBe(2);
  expect(none.stderr).toContain('npx wms init');
  const missing = await wms(clone, ['serve', '--model', 'none.onnx']);
  expect(missing.exitCode).toBe(2);
  expect(missing.stderr).toContain('There is no model file none.onnx');
  const both = await wms(clone, ['serve', '--model', 'a.onnx', '--variant', 'a=b:1']);
  expect(both.exitCode).toBe(2);
});
