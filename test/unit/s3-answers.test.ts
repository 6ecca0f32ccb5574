import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../src/adapters/s3/failure.js';
import { Refusal } from '../../src/adapters/s3/lean/refusal.js';
import { type Answer, ResponseReader } from '../../src/adapters/s3/lean/response-reader.js';
import { ServerClock } from '../../src/adapters/s3/lean/server-clock.js';

/** Reads an answer that arrives in pieces, from a buffer that is used again for each. */
function read(text: string, sizes = text.length): { answer: Answer | undefined; reader: ResponseReader } {
  const reader = new ResponseReader();
  const whole = Buffer.from(text, 'latin1');
  const buffer = Buffer.alloc(sizes);
  let answer: Answer | undefined;
  for (let at = 0; at < whole.length; at += sizes) {
    const length = whole.copy(buffer, 0, at, at + sizes);
    answer ??= reader.read(buffer.subarray(0, length));
    buffer.fill('x');
  }
  return { answer, reader };
}

const ANSWERS: [string, string, string, boolean][] = [
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag:  "a" \r\n\r\nbytes', 'bytes', true],
  ['no bytes', 'HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n', '', true],
  [
    'chunks',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbyt\r\n2;x=y\r\nes\r\n0\r\nx: y\r\n\r\n',
    'bytes',
    true,
  ],
  ['a body that may not be there', 'HTTP/1.1 204 No Content\r\n\r\n', '', true],
  [
    'an answer before the answer',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\na',
    'a',
    true,
  ],
  ['a wish to close', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\na', 'a', false],
  ['an old version', 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\na', 'a', false],
];

describe('answers', () => {
  it.each(ANSWERS)('with %s, however they are cut', (_, text, body, keepsOpen) => {
    for (let size = 1; size <= text.length; size += 1) {
      const { answer, reader } = read(text, size);
      expect(answer?.body.toString()).toBe(body);
      expect(answer?.status).toBe(text.includes('204') ? 204 : 200);
      expect(reader.keepsOpen).toBe(keepsOpen);
    }
  });

  it.each([
    ['', true],
    ['x', false],
  ])('with a large body are put where they stay; then comes %j', (after, keepsOpen) => {
    const body = randomBytes(200_000);
    const head = Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`);
    const whole = Buffer.concat([head, body, Buffer.from(after)]);
    for (const size of [1_000, 16_384, 65_536]) {
      const reader = new ResponseReader();
      let answer: Answer | undefined;
      let placed = 0;
      for (let at = 0; at < whole.length; ) {
        const { room } = reader;
        const place = room ?? Buffer.alloc(size);
        const length = whole.copy(place, 0, at, at + size);
        answer ??= reader.read(place.subarray(0, length));
        if (room === undefined) place.fill('x');
        else placed += length;
        at += length;
      }
      expect(answer?.body.equals(body)).toBe(true);
      expect(reader.keepsOpen).toBe(keepsOpen);
      expect(placed).toBeGreaterThan(100_000);
    }
  });

  it('know their headers in lower case, repeated ones joined', () => {
    const { answer } = read('HTTP/1.1 200 OK\r\nA: 1\r\na:2\r\ncontent-length: 0\r\n\r\n');
    expect({ ...answer?.headers }).toEqual({ a: '1, 2', 'content-length': '0' });
  });

  it('without a length end with the connection', () => {
    const { answer, reader } = read('HTTP/1.1 200 OK\r\n\r\nbytes');
    expect(answer).toBeUndefined();
    expect(reader.close()?.body.toString()).toBe('bytes');
    expect(reader.keepsOpen).toBe(false);
  });

  it.each(['HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nbytes', 'HTTP/1.1 200 OK\r\n', ''])(
    'that end early are none: %j',
    (text) => {
      const { answer, reader } = read(text, 7);
      expect(answer ?? reader.close()).toBeUndefined();
    },
  );

  it('with more bytes than they have leave a connection that nobody may use', () => {
    const { answer, reader } = read('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nabc');
    expect(answer?.body.toString()).toBe('a');
    expect(reader.keepsOpen).toBe(false);
  });

  it.each([
    'SSH-2.0-OpenSSH_9.6\r\n\r\n',
    'HTTP/2 200\r\n\r\n',
    'HTTP/1.1 200 OK\r\nno colon\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 1, 2\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n',
    'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n',
    `HTTP/1.1 200 OK\r\nx: ${'x'.repeat(70_000)}`,
  ])('that are no sound HTTP are refused: %.40j', (text) => {
    expect(() => read(text)).toThrow('Parse Error');
  });
});

describe('refusals', () => {
  const failure = (status: number, body: string, headers: Record<string, string> = {}) =>
    failureOf(new Refusal({ status, headers, body: Buffer.from(body) }, false));

  it('are named by their code', () => {
    const xml =
      '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>a &lt;b&gt; &#233;&amp;</Message></Error>';
    expect(failure(403, xml, { 'x-amz-bucket-region': 'eu-west-1' })).toMatchObject({
      name: 'AccessDenied',
      status: 403,
      message: 'a <b> é&',
      bucketRegion: 'eu-west-1',
      isFromS3: true,
    });
  });

  it('without a body are named by their status', () => {
    expect(failure(404, '', { 'x-amz-request-id': 'r' })).toMatchObject({ name: 'NotFound', isFromS3: true });
    expect(failure(503, '<html>').name).toBe('Unknown');
  });

  it('are not S3’s without its error or a request id', () => {
    expect(failure(404, '<html><Code>NoSuchKey</Code></html>').isFromS3).toBe(false);
  });
});

describe('the clock of the server', () => {
  const at = (offset: number) => ({ date: new Date(Date.now() + offset).toUTCString() });

  it('is followed when it differs a lot', () => {
    const clock = new ServerClock();
    expect(clock.learn(at(3_600_000), Date.now())).toBe(true);
    expect(clock.now() - Date.now()).toBeGreaterThan(3_590_000);
    expect(clock.learn(at(3_600_000), clock.now())).toBe(false);
    expect(clock.learn(at(0), Date.now())).toBe(false);
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(100);
  });

  it('is not told by slow answers, caches, or nonsense', () => {
    const clock = new ServerClock();
    for (const headers of [at(60_000), { ...at(3_600_000), age: '3600' }, { date: 'yesterday' }, {}]) {
      expect(clock.learn(headers, Date.now())).toBe(false);
    }
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(100);
  });
});
