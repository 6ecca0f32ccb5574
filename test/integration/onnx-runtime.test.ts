import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyModel } from '../../scripts/sample/tiny-model.js';
import { openOnnxRunner } from '../../src/adapters/onnx/runner.js';
import { findRuntime, RUNTIME_VERSION, type RuntimeOptions } from '../../src/adapters/onnx/runtime.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
let home: string;
let count = 0;

beforeAll(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'wms-runtime-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

/** A user without the package in the project: what is installed goes to a cache of its own. */
function stranger(env: NodeJS.ProcessEnv = {}): Required<RuntimeOptions> & { cache: string; told: string[] } {
  const cache = path.join(home, `cache ${++count}`);
  const told: string[] = [];
  return {
    cache,
    told,
    announce: (text) => told.push(text),
    env: { ...process.env, HOME: home, XDG_CACHE_HOME: cache, LOCALAPPDATA: cache, ...env },
    resolve: () => {
      throw new Error('not in this project');
    },
  };
}

/** Puts an `npm` first in PATH that makes the package's files as a real one would, or runs `script`. */
async function fakeNpm(script?: string): Promise<NodeJS.ProcessEnv> {
  const bin = path.join(home, `bin${++count}`);
  await mkdir(bin);
  const works = [
    'test -f package-lock.json || exit 9',
    'echo "$@" > arguments',
    'p=node_modules/onnxruntime-node',
    `mkdir -p $p/bin/napi-v6/${process.platform}/${process.arch} $p/bin/napi-v6/${process.platform}/other $p/bin/napi-v6/elsewhere/x64`,
    `echo '{"name":"onnxruntime-node","main":"main.js"}' > $p/package.json; echo > $p/main.js; sleep 0.3`,
  ].join('\n');
  await writeFile(path.join(bin, 'npm'), `#!/bin/sh\n${script ?? works}\n`);
  await chmod(path.join(bin, 'npm'), 0o755);
  return { PATH: `${bin}${path.delimiter}${process.env.PATH}` };
}

describe('the runtime that is there', () => {
  it('is used without a word', async () => {
    const { env, announce, told, cache } = stranger();
    expect(await findRuntime({ env, announce })).toContain('onnxruntime-node');
    expect(told).toEqual([]);
    await expect(readdir(cache)).rejects.toThrow('ENOENT');
  });

  it('refuses a call after its thread has ended', async () => {
    const model = await openOnnxRunner().load(tinyModel());
    await model.close();
    const tensor = { shape: [1, 3, 192, 192], data: new Float32Array(3 * 192 * 192) };
    await expect(model.run({ name: 'image', tensor })).rejects.toMatchObject({
      kind: 'model/inference-failed',
      why: 'the thread that runs the model has ended',
    });
  });

  it('loads a model, answers several calls at once and ends its thread', async () => {
    const model = await openOnnxRunner().load(tinyModel());
    expect(model.inputs).toEqual([{ name: 'image', type: 'float32', shape: ['batch', 3, 192, 192] }]);
    expect(model.outputs).toEqual([{ name: 'mask', type: 'float32', shape: ['batch', 1, 192, 192] }]);
    const pixels = 192 * 192;
    const ask = (value: number) =>
      model.run({
        name: 'image',
        tensor: { data: new Float32Array(3 * pixels).fill(value), shape: [1, 3, 192, 192] },
      });
    const [dark, bright] = await Promise.all([ask(0), ask(1)]);
    expect(dark.mask?.shape).toEqual([1, 1, 192, 192]);
    expect(dark.mask?.data[0]).toBeGreaterThan(0.99);
    expect(bright.mask?.data[0]).toBeLessThan(0.01);

    const tensor = { data: new Float32Array(12), shape: [1, 3, 2, 2] };
    await expect(model.run({ name: 'image', tensor })).rejects.toMatchObject({
      kind: 'model/inference-failed',
    });
    await expect(model.run({ name: 'picture', tensor })).rejects.toMatchObject({
      kind: 'model/inference-failed',
    });
    const unanswered = ask(0);
    await Promise.all([unanswered, model.close()]);
  });
});

describe('a runtime that is missing', () => {
  it('is an error with the command to run, when no registry can be reached', async () => {
    const { told, ...options } = stranger({
      npm_config_registry: 'http://127.0.0.1:9',
      npm_config_cache: path.join(home, 'npm'),
    });
    const error = await openOnnxRunner(options)
      .load(tinyModel())
      .catch((e) => e);
    expect(error).toMatchObject({ kind: 'model/runtime-missing', code: 2 });
    expect(error.why).toMatch(/ECONNREFUSED/);
    expect(error.next).toContain(
      `npm install --save-dev --ignore-scripts onnxruntime-node@${RUNTIME_VERSION}`,
    );
    expect(told).toEqual([`Installing onnxruntime-node ${RUNTIME_VERSION}, once per machine, 113 MB`]);
    expect(await readdir(path.join(options.cache, 'wms'))).toEqual([]);
  });

  it('is the same error when there is no npm, or a cache that cannot be written', async () => {
    const noNpm = stranger({ PATH: home });
    await expect(findRuntime(noNpm)).rejects.toMatchObject({ kind: 'model/runtime-missing' });
    const blocked = path.join(home, 'a file');
    await writeFile(blocked, '');
    const noCache = stranger({ XDG_CACHE_HOME: blocked, LOCALAPPDATA: blocked, HOME: blocked });
    await expect(findRuntime(noCache)).rejects.toMatchObject({ kind: 'model/runtime-missing' });
  });
});

describe.skipIf(process.platform === 'win32')('installing', () => {
  it('happens once, keeps this platform only, and leaves nothing else', async () => {
    const options = stranger(await fakeNpm());
    const main = await findRuntime(options);
    const place = path.join(options.cache, 'wms', `onnxruntime-node-${RUNTIME_VERSION}`);
    expect(main).toBe(path.join(place, 'node_modules', 'onnxruntime-node', 'main.js'));
    expect(await readFile(path.join(place, 'arguments'), 'utf8')).toContain('ci --ignore-scripts');
    const binaries = path.join(place, 'node_modules', 'onnxruntime-node', 'bin', 'napi-v6');
    expect(await readdir(binaries)).toEqual([process.platform]);
    expect(await readdir(path.join(binaries, process.platform))).toEqual([process.arch]);
    expect(await readdir(path.join(options.cache, 'wms'))).toHaveLength(1);

    expect(await findRuntime({ ...options, env: { ...options.env, ...(await fakeNpm('exit 1')) } })).toBe(
      main,
    );
    expect(options.told).toHaveLength(1);
  });

  it('by several at once ends in one that works', async () => {
    const options = stranger(await fakeNpm());
    const found = await Promise.all(Array.from({ length: 4 }, () => findRuntime(options)));
    expect(new Set(found).size).toBe(1);
    expect(await readFile(found[0]!, 'utf8')).toBe('\n');
    expect(await readdir(path.join(options.cache, 'wms'))).toHaveLength(1);
  });

  it('clears away what a killed one left, but nothing that may be in use', async () => {
    const options = stranger(await fakeNpm());
    const place = path.join(options.cache, 'wms', `onnxruntime-node-${RUNTIME_VERSION}`);
    for (const name of ['old', 'new']) await mkdir(`${place}.tmp-${name}`, { recursive: true });
    const yesterday = new Date(Date.now() - 86_400_000);
    await utimes(`${place}.tmp-old`, yesterday, yesterday);
    await findRuntime(options);
    expect((await readdir(path.join(options.cache, 'wms'))).sort()).toEqual([
      path.basename(place),
      `${path.basename(place)}.tmp-new`,
    ]);
  });

  it('passes on what npm says', async () => {
    const options = stranger(await fakeNpm('echo "npm error code E403" >&2; exit 1'));
    await expect(findRuntime(options)).rejects.toMatchObject({ why: 'npm error code E403' });
  });

  it('is an error when what came cannot be loaded', async () => {
    const runner = openOnnxRunner(stranger(await fakeNpm()));
    await expect(runner.load(tinyModel())).rejects.toMatchObject({ kind: expect.stringMatching(/^model\//) });
  });
});

it('is locked to one version, with checksums and without the name of any host', async () => {
  const lock = JSON.parse(await readFile(path.join(ROOT, 'runtime', 'package-lock.json'), 'utf8'));
  const { '': root, ...packages } = lock.packages;
  expect(root.dependencies).toEqual({ 'onnxruntime-node': RUNTIME_VERSION });
  for (const [name, entry] of Object.entries<Record<string, unknown>>(packages)) {
    expect(entry.integrity, name).toMatch(/^sha512-/);
    expect(entry.resolved, name).toBeUndefined();
  }
});
