import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { drawMeter } from '../../scripts/sample/meters.js';
import type { RunningServer } from '../../src/serve/server.js';
import { serveModels, tinyVariant } from '../support/model-server.js';

const SIDE = 192;
const DATA = Array.from({ length: 3 * SIDE * SIDE }, (_, i) => (i % 7) / 7);

let server: RunningServer;

beforeAll(async () => {
  server = await serveModels([tinyVariant('meters', { version: '3' })]);
}, 60_000);

afterAll(() => server?.stop());

// biome-ignore lint/suspicious/noExplicitAny: what a server answers
type Answer = any;

async function get(path: string): Promise<{ status: number; body: Answer }> {
  const answer = await fetch(server.url + path);
  return { status: answer.status, body: await answer.json() };
}

async function infer(body: unknown, model = 'meters'): Promise<{ status: number; body: Answer }> {
  const answer = await fetch(`${server.url}/v2/models/${model}/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

describe('Open Inference Protocol', () => {
  it('tells about server and model, with and without a version', async () => {
    const { body } = await get('/v2');
    expect(body).toMatchObject({ name: 'wms-hooks', version: expect.stringMatching(/^\d/), extensions: [] });
    for (const path of ['/v2/models/meters', '/v2/models/meters/versions/3']) {
      const told = await get(path);
      expect(told.status).toBe(200);
      expect(told.body).toMatchObject({ name: 'meters', versions: ['3'], platform: 'onnxruntime_onnx' });
      expect(told.body.inputs).toEqual([
        { name: told.body.inputs[0].name, datatype: 'FP32', shape: [expect.any(Number), 3, SIDE, SIDE] },
      ]);
      expect(told.body.outputs).toHaveLength(1);
      expect((await get(`${path}/ready`)).body).toEqual({ name: 'meters', ready: true });
    }
  });

  it('names what it has where it has not what is asked for', async () => {
    for (const path of ['/v2/models/other', '/v2/models/meters/versions/2', '/v2/models/other/ready']) {
      const { status, body } = await get(path);
      expect(status).toBe(404);
      expect(body.error).toContain('meters (version 3)');
    }
    expect((await infer({}, 'other')).status).toBe(404);
  });

  it('infers tensors, flat or nested, and keeps the id', async () => {
    const [input] = (await get('/v2/models/meters')).body.inputs;
    const tensor = { name: input.name, shape: [1, 3, SIDE, SIDE], datatype: 'FP32' };
    const flat = await infer({ id: '42', inputs: [{ ...tensor, data: DATA }] });
    expect(flat.status).toBe(200);
    expect(flat.body).toMatchObject({ id: '42', model_name: 'meters', model_version: '3' });
    const [output] = flat.body.outputs;
    expect(output.datatype).toBe('FP32');
    expect(output.data).toHaveLength(output.shape.reduce((size: number, side: number) => size * side, 1));
    expect(output.data.every((value: unknown) => typeof value === 'number')).toBe(true);
    const rows = Array.from({ length: 3 * SIDE }, (_, row) => DATA.slice(row * SIDE, (row + 1) * SIDE));
    const nested = [[rows.slice(0, SIDE), rows.slice(SIDE, 2 * SIDE), rows.slice(2 * SIDE)]];
    const again = await infer({
      inputs: [{ ...tensor, data: nested }],
      outputs: [{ name: output.name }],
    });
    expect(again.body.outputs).toEqual(flat.body.outputs);
    expect(again.body).not.toHaveProperty('id');
  });

  it('says what is wrong with a request, and goes on', async () => {
    const [input] = (await get('/v2/models/meters')).body.inputs;
    const good = { name: input.name, shape: [1, 3, SIDE, SIDE], datatype: 'FP32', data: DATA };
    const deep = JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`);
    const bad: [unknown, string][] = [
      ['{', 'not JSON'],
      ['', 'not JSON'],
      [{}, 'inputs'],
      [{ inputs: [] }, 'one input'],
      [{ inputs: [good, good] }, 'one input'],
      [{ inputs: [{ ...good, name: 'other' }] }, `input is ${input.name}`],
      [{ inputs: [{ ...good, datatype: 'UINT8' }] }, 'is FP32'],
      [{ inputs: [{ ...good, shape: [1, 3, SIDE] }] }, 'has the shape'],
      [{ inputs: [{ ...good, shape: [1, 3, SIDE, SIDE + 1] }] }, 'has the shape'],
      [{ inputs: [{ ...good, shape: [1, 3, -SIDE, -SIDE] }] }, 'shape'],
      [{ inputs: [{ ...good, data: DATA.slice(1) }] }, 'numbers, data has'],
      [{ inputs: [{ ...good, data: DATA.map(String) }] }, 'no number'],
      [{ inputs: [{ ...good, data: deep }] }, 'numbers, data has'],
      [{ inputs: [good], outputs: [{ name: 'other' }] }, 'output is'],
    ];
    for (const [request, why] of bad) {
      const { status, body } = await infer(request);
      expect([status, body.error]).toEqual([400, expect.stringContaining(why)]);
    }
    expect((await infer({ inputs: [good] })).status).toBe(200);
  });
});

describe('GET /openapi.json', () => {
  it('describes what is really answered', async () => {
    const { status, body: api } = await get('/openapi.json');
    expect(status).toBe(200);
    expect((await new Validator().validate(structuredClone(api))).valid).toBe(true);
    const conforms = (name: string, answer: Answer) => {
      const all = JSON.parse(
        JSON.stringify(api.components.schemas).replaceAll('/components/schemas/', '/$defs/'),
      );
      expect(z.fromJSONSchema({ ...all[name], $defs: all }).safeParse(answer).error).toBeUndefined();
    };
    conforms('Server', (await get('/v2')).body);
    conforms('Live', (await get('/v2/health/live')).body);
    conforms('Ready', (await get('/v2/health/ready')).body);
    conforms('Model', (await get('/v2/models/meters')).body);
    conforms('ModelReady', (await get('/v2/models/meters/ready')).body);
    conforms('Error', (await get('/v2/models/other')).body);
    const request = {
      id: '1',
      inputs: [{ name: 'image', shape: [1, 3, SIDE, SIDE], datatype: 'FP32', data: DATA }],
    };
    conforms('InferRequest', request);
    conforms('InferAnswer', (await infer(request)).body);
    const { image } = await drawMeter(7);
    const accept = { accept: 'application/json' };
    const answer = await fetch(`${server.url}/predict`, { method: 'POST', body: image, headers: accept });
    conforms('Mask', await answer.json());
    const told = Object.keys(api.paths['/predict'].post.responses[200].headers);
    const sent = [...answer.headers.keys()].filter((name) => name.startsWith('x-'));
    expect(told.map((name) => name.toLowerCase()).toSorted()).toEqual(sent.toSorted());
  });
});

describe('GET /docs', () => {
  it('is a page with the address that the reader knows', async () => {
    const answer = await fetch(`${server.url}/docs`);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    const page = await answer.text();
    expect(page).toContain("default-src 'none'");
    expect(page).toContain(`curl ${server.url}/v2/health/ready`);
  });
});

describe('GET /', () => {
  it('is the page to try it, with scripts that a browser takes', async () => {
    const answer = await fetch(`${server.url}/`);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await answer.text()).toContain('src="page/main.js"');
    for (const name of ['main.js', 'words.pure.js']) {
      const script = await fetch(`${server.url}/page/${name}`);
      expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
      expect(script.headers.get('x-content-type-options')).toBe('nosniff');
    }
    expect((await fetch(`${server.url}/page/other.js`)).status).toBe(404);
  });
});
