import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawMeter } from '../../scripts/sample/meters.js';
import { tinyModel } from '../../scripts/sample/tiny-model.js';
import { overlap } from '../../src/model/metrics.js';
import type { RunningServer } from '../../src/serve/server.js';
import { serveModels, tinyVariant } from '../support/model-server.js';

let server: RunningServer;
let photo: Buffer;
let truth: Buffer;

beforeAll(async () => {
  const meter = await drawMeter(7);
  photo = meter.image;
  truth = meter.mask;
  server = await serveModels(
    [
      tinyVariant('old', { weight: 3 }),
      tinyVariant('new', { version: '2', model: tinyModel({ darkness: 0.5 }) }),
    ],
    { maxBodyMB: 2, maxMegapixels: 4 },
  );
}, 60_000);

afterAll(() => server?.stop());

type Body = string | Buffer | FormData;

function predict(body: Body, headers: Record<string, string> = {}): Promise<Response> {
  const image = { 'content-type': 'image/png' };
  return fetch(`${server.url}/predict`, {
    method: 'POST',
    body,
    headers: body instanceof FormData ? headers : { ...image, ...headers },
  });
}

async function pixels(png: Uint8Array): Promise<{ data: Buffer; width: number; height: number }> {
  const { data, info } = await sharp(png).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

describe('POST /predict', () => {
  it('answers the mask as a PNG of the size of the photo', async () => {
    const answer = await predict(photo);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('image/png');
    const found = await pixels(new Uint8Array(await answer.arrayBuffer()));
    const wanted = await pixels(truth);
    expect([found.width, found.height]).toEqual([wanted.width, wanted.height]);
    expect(new Set(found.data)).toEqual(new Set([0, 255]));
    const cut = (data: Buffer) => Uint8Array.from(data, (value) => (value > 127 ? 1 : 0));
    expect(overlap(cut(found.data), cut(wanted.data)).dice).toBeGreaterThan(0.85);
  });

  it('answers JSON with the score to whom asks for it, with the same mask', async () => {
    const key = { 'x-client-key': 'ana' };
    const answer = await predict(photo, { accept: 'application/json', ...key });
    const found = (await answer.json()) as Record<string, unknown> & { mask: string };
    const { width, height } = await sharp(photo).metadata();
    expect(found).toMatchObject({ width, height, model: { variant: answer.headers.get('x-model-variant') } });
    expect(found.score).toBeGreaterThan(0.5);
    expect(found.score).toBeLessThanOrEqual(1);
    expect(found.coverage).toBeGreaterThan(0);
    const png = Buffer.from(await (await predict(photo, key)).arrayBuffer());
    expect(Buffer.from(found.mask, 'base64').equals(png)).toBe(true);
  });

  it('takes a form, as browsers and most clients send files', async () => {
    const form = new FormData();
    form.append('note', 'a field before it');
    form.append('image', new Blob([new Uint8Array(photo)], { type: 'image/png' }), 'meter.png');
    const answer = await predict(form);
    expect(answer.status).toBe(200);
    expect((await pixels(new Uint8Array(await answer.arrayBuffer()))).width).toBeGreaterThan(0);
  });

  it('turns the photo as its EXIF orientation says', async () => {
    const flat = await sharp(photo)
      .resize(96, 60, { fit: 'fill' })
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const { width, height } = await pixels(new Uint8Array(await (await predict(flat)).arrayBuffer()));
    expect([width, height]).toEqual([60, 96]);
  });
});

describe('variants', () => {
  it('a client keeps its variant; the answer names it and its version', async () => {
    const names = async (key: string) => {
      const { headers } = await predict(photo, { 'x-client-key': key });
      return `${headers.get('x-model-variant')} ${headers.get('x-model-version')}`;
    };
    const keys = Array.from({ length: 12 }, (_, i) => `meter-reader-${i}`);
    const first = await Promise.all(keys.map(names));
    expect(new Set(first)).toEqual(new Set(['old 1', 'new 2']));
    expect(await Promise.all(keys.map(names))).toEqual(first);
  });

  it('X-Model-Variant chooses one, whatever the weights', async () => {
    const masks = new Set<string>();
    for (const name of ['old', 'new']) {
      const answer = await predict(photo, { 'x-model-variant': name });
      expect(answer.headers.get('x-model-variant')).toBe(name);
      masks.add(
        createHash('md5')
          .update(Buffer.from(await answer.arrayBuffer()))
          .digest('hex'),
      );
    }
    expect(masks.size).toBe(2);
    const unknown = await predict(photo, { 'x-model-variant': 'third' });
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toMatchObject({
      error: 'There is no variant third: this server has old, new',
    });
  });
});

describe('what cannot be answered', () => {
  it('names the reason', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>';
    const big = await sharp({ create: { width: 2500, height: 2000, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const cases: [Body, number, RegExp][] = [
      ['', 415, /has no photo/],
      [new FormData(), 415, /has no photo/],
      [svg, 415, /an SVG drawing/],
      [photo.subarray(0, photo.length / 2), 400, /The jpeg file cannot be decoded: VipsJpeg: premature end/],
      [Buffer.alloc(2_500_000), 413, /too large/],
      [big, 413, /2500 × 2000 pixels, more than 4 million/],
    ];
    for (const [body, status, reason] of cases) {
      const answer = await predict(body);
      const { error } = (await answer.json()) as { error: string };
      expect([answer.status, error]).toEqual([status, expect.stringMatching(reason)]);
    }
    const nowhere = await fetch(`${server.url}/nowhere`);
    expect([nowhere.status, await nowhere.json()]).toEqual([404, { error: 'There is no GET /nowhere here' }]);
  });

  it('200 bad bodies: each is refused, and the server goes on', async () => {
    const png = await sharp(photo).png().toBuffer();
    const head = {
      png: png.subarray(0, 64),
      jpeg: Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
      riff: Buffer.from('RIFF    WEBP'),
    };
    const noise = (i: number) => createHash('sha512').update(String(i)).digest();
    const bad = (i: number): Buffer => {
      const starts = [Buffer.alloc(0), head.png, head.jpeg, head.riff, Buffer.from('II*\0')];
      if (i % 8 < 5) return Buffer.concat([starts[i % 8]!, noise(i), noise(i + 1000)]);
      if (i % 8 === 5) return photo.subarray(0, 40 + ((i * 131) % (photo.length - 200)));
      const broken = Buffer.from(i % 8 === 6 ? photo : png);
      broken.set(noise(i), i % 8 === 6 ? 16 : Math.floor(png.length / 2));
      return broken;
    };
    const types = [
      'image/png',
      'application/json',
      'multipart/form-data',
      'multipart/form-data; boundary=x',
      'text/plain',
    ];
    const statuses = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => {
        for (;;) {
          const answer = await predict(bad(i), { 'content-type': types[i % types.length]! });
          await answer.arrayBuffer();
          if (answer.status !== 503) return answer.status;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      }),
    );
    expect(statuses.filter((status) => status < 400 || status >= 500)).toEqual([]);
    expect((await predict(photo)).status).toBe(200);
    expect((await fetch(`${server.url}/v2/health/ready`)).status).toBe(200);
  });
});

describe('more requests than places', () => {
  it('each is answered: with the right mask, or 503 with Retry-After at once', async () => {
    const [workers, queue, requests] = [2, 4, 80];
    const small = await serveModels([tinyVariant('one')], { workers, queue });
    try {
      const other = await drawMeter(8);
      const photos = [photo, other.image];
      const send = (body: Buffer) => fetch(`${small.url}/predict`, { method: 'POST', body });
      const digest = async (answer: Response) =>
        createHash('md5')
          .update(Buffer.from(await answer.arrayBuffer()))
          .digest('hex');
      const right = [await digest(await send(photo)), await digest(await send(other.image))];
      expect(new Set(right).size).toBe(2);

      const places = workers * 2 + queue;
      const healthy: number[] = [];
      const answers = await Promise.all(
        Array.from({ length: requests }, async (_, i) => {
          if (i % 10 === 0) healthy.push((await fetch(`${small.url}/v2/health/ready`)).status);
          const answer = await send(photos[i % 2]!);
          return { i, answer, digest: await digest(answer) };
        }),
      );
      const done = answers.filter(({ answer }) => answer.status === 200);
      const full = answers.filter(({ answer }) => answer.status === 503);
      expect(done.length + full.length).toBe(requests);
      expect(done.length).toBeGreaterThanOrEqual(places);
      expect(full.length).toBeGreaterThan(0);
      for (const { i, digest } of done) expect(digest).toBe(right[i % 2]);
      for (const { answer } of full)
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(healthy).toEqual(healthy.map(() => 200));
      const counted = await (await fetch(`${small.url}/metrics`)).text();
      expect(counted).toContain(`wms_refused_total ${full.length}\n`);
      expect(counted).toContain(`outcome="done"} ${done.length + 2}\n`);
    } finally {
      await small.stop();
    }
  });

  it('who comes again when told to gets every mask', async () => {
    const small = await serveModels([tinyVariant('one')], { workers: 1, queue: 1 });
    try {
      const statuses = await Promise.all(
        Array.from({ length: 12 }, async () => {
          for (;;) {
            const answer = await fetch(`${small.url}/predict`, { method: 'POST', body: photo });
            await answer.arrayBuffer();
            if (answer.status !== 503) return answer.status;
            const seconds = Number(answer.headers.get('retry-after'));
            await new Promise((resolve) => setTimeout(resolve, seconds * 100));
          }
        }),
      );
      expect(statuses).toEqual(Array.from({ length: 12 }, () => 200));
    } finally {
      await small.stop();
    }
  });

  it('clients that go away give their places back', async () => {
    const small = await serveModels([tinyVariant('one')], { workers: 1, queue: 2 });
    try {
      const gone = Array.from({ length: 20 }, (_, i) =>
        fetch(`${small.url}/predict`, {
          method: 'POST',
          body: photo,
          signal: AbortSignal.timeout(5 + i * 10),
        }).then(
          ({ status }) => status,
          (error: Error) => error.name,
        ),
      );
      expect(await Promise.all(gone)).toContain('TimeoutError');
      const inside = async () =>
        /^wms_requests_inside (\d+)$/m.exec(await (await fetch(`${small.url}/metrics`)).text())?.[1];
      await expect.poll(inside, { timeout: 20_000 }).toBe('0');
      expect((await fetch(`${small.url}/predict`, { method: 'POST', body: photo })).status).toBe(200);
    } finally {
      await small.stop();
    }
  });
});

describe('start and stop', () => {
  it('answers what is in flight before it ends', async () => {
    const other = await serveModels([tinyVariant('one')]);
    // Slow enough to be in flight still when the server is told to end.
    const large = await sharp(photo).resize(3600, 2700, { fit: 'fill' }).jpeg().toBuffer();
    const send = () => fetch(`${other.url}/predict`, { method: 'POST', body: large });
    const running = [send(), send(), send()];
    await new Promise((resolve) => setTimeout(resolve, 150));
    await other.stop();
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200, 200]);
    await expect(send()).rejects.toThrow();
  });

  it('a dummy is not served', async () => {
    await expect(serveModels([tinyVariant('bad', { model: tinyModel({ gain: 0 }) })])).rejects.toMatchObject({
      kind: 'model/bad-output',
      code: 2,
      message: expect.stringContaining('out/model.onnx'),
    });
  });
});

describe('GET /metrics', () => {
  it('counts per variant what was answered, refused and how long it took', async () => {
    const server = await serveModels([
      tinyVariant('old'),
      tinyVariant('new', { version: '2', model: tinyModel({ darkness: 0.5 }) }),
    ]);
    try {
      const ask = (body: Buffer | string, variant: string) =>
        fetch(`${server.url}/predict`, {
          method: 'POST',
          body,
          headers: { 'content-type': 'image/png', 'x-model-variant': variant },
        });
      for (const variant of ['new', 'new', 'old']) expect((await ask(photo, variant)).status).toBe(200);
      expect((await ask('no photo', 'old')).status).toBe(415);
      const answer = await fetch(`${server.url}/metrics`);
      expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
      const lines = (await answer.text()).split('\n');
      expect(lines).toContain('# TYPE wms_requests_total counter');
      expect(lines).toContain('wms_requests_total{variant="new",version="2",outcome="done"} 2');
      expect(lines).toContain('wms_requests_total{variant="new",version="2",outcome="refused"} 0');
      expect(lines).toContain('wms_requests_total{variant="old",version="1",outcome="done"} 1');
      expect(lines).toContain('wms_requests_total{variant="old",version="1",outcome="refused"} 1');
      expect(lines).toContain('wms_request_seconds_count{variant="new",version="2"} 2');
      expect(lines).toContain('wms_requests_inside 0');
      expect(lines).toContain('wms_ready 1');
    } finally {
      await server.stop();
    }
  });
});
