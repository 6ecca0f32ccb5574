import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { FaultQueue, type Injection } from './fault-queue.js';
import { callerIdentity, etag, refuse } from './s3-answers.js';
import { deleteObjects } from './s3-delete.js';
import { type Fault, sendFaulty } from './s3-faults.js';
import { listObjects } from './s3-list.js';
import { checkSignature, decodeChunked, type SigningKeys } from './s3-sigv4.js';

export type Operation =
  | 'PutObject'
  | 'GetObject'
  | 'HeadObject'
  | 'DeleteObject'
  | 'DeleteObjects'
  | 'HeadBucket'
  | 'ListObjectsV2'
  | 'GetCallerIdentity'
  | 'Other';

interface RequestRecord {
  readonly operation: Operation;
  readonly bucket: string;
  readonly key: string;
  readonly headers: IncomingMessage['headers'];
  /** Requests under way when this one had arrived, itself included. */
  readonly simultaneous: number;
  /** `none sent`: the connection ended first, whatever Node's response says then. */
  status: number | 'waiting' | 'none sent';
}

export interface S3ServerOptions {
  /** Default: `wms-test`. */
  readonly buckets?: readonly string[];
  /** Default: one pair of keys without a token. */
  readonly keys?: readonly SigningKeys[];
  /** Signatures for another region are refused. Default: any region. */
  readonly region?: string;
  /** False: identity questions are answered like any unknown request. */
  readonly hasSts?: boolean;
  /** Entries in one answer of a listing, at most. Default: 1000. */
  readonly pageSize?: number;
  /** Serves https:// with this certificate. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface S3Server {
  readonly url: string;
  readonly port: number;
  readonly keys: readonly SigningKeys[];
  /** Contents of one bucket; tests may look and change. */
  objects(bucket?: string): Map<string, Buffer>;
  /** When objects of the first bucket were written, as a listing shows it; what is not in here is old. */
  readonly written: Map<string, Date>;
  /** Keys that nobody may delete. */
  readonly undeletable: Set<string>;
  readonly log: RequestRecord[];
  count(operation: Operation): number;
  inject(injection: Injection<Fault, Operation>): void;
  clearFaults(): void;
  close(): Promise<void>;
}

export const TEST_KEYS: SigningKeys = {
  accessKeyId: 'AKIAWMSTESTSERVER001',
  secretAccessKey: 'wms/test+secret/0123456789abcdefghijklmn',
};

interface Exchange {
  readonly record: RequestRecord;
  readonly url: URL;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
  readonly fault: Fault | undefined;
}

/** A small S3 (and identity service) in this process, path-style, on 127.0.0.1. Every signature is checked. */
export async function startS3Server(options: S3ServerOptions = {}): Promise<S3Server> {
  const { buckets = ['wms-test'], keys = [TEST_KEYS], region, hasSts = true, pageSize = 1000, tls } = options;
  const contents = new Map(buckets.map((bucket) => [bucket, new Map<string, Buffer>()]));
  const faults = new FaultQueue<Fault, Operation>();
  const written = new Map<string, Date>();
  const undeletable = new Set<string>();
  const log: RequestRecord[] = [];
  let underWay = 0;

  const listener = (request: IncomingMessage, response: ServerResponse) => {
    void collect(request).then((raw) => {
      if (raw === null) return;
      const url = new URL(request.url ?? '/', 'http://server');
      const [, bucket = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
      const operation = operationOf(request, url, raw, bucket, rest.join('/'));
      const record = {
        operation,
        bucket,
        key: rest.join('/'),
        headers: request.headers,
        simultaneous: ++underWay,
        status: 'waiting' as RequestRecord['status'],
      };
      log.push(record);
      response.on('close', () => {
        underWay -= 1;
        record.status = response.headersSent ? response.statusCode : 'none sent';
      });
      response.setHeader('x-amz-request-id', randomUUID());
      const refusal = checkSignature(
        request,
        raw,
        keys,
        operation === 'GetCallerIdentity' ? undefined : region,
      );
      if (refusal !== null) return refuse(response, operation, refusal, region);
      const fault = faults.next(operation);
      const body = /^STREAMING-UNSIGNED/.test(String(request.headers['x-amz-content-sha256']))
        ? decodeChunked(raw)
        : raw;
      if (body === null)
        return refuse(response, operation, { status: 400, code: 'IncompleteBody', message: '' });
      return answer({ record, url, request, response, body, fault });
    });
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  function answer(exchange: Exchange): void | Promise<void> {
    const { fault, response, record } = exchange;
    if (fault?.type === 'error') {
      const send = () => refuse(response, record.operation, fault, undefined, fault.headers);
      return fault.milliseconds === undefined ? send() : void setTimeout(send, fault.milliseconds);
    }
    if (fault?.type === 'reset') return void exchange.request.socket.resetAndDestroy();
    if (fault?.type === 'hang') return;
    if (fault?.type === 'html-200') {
      response.removeHeader('x-amz-request-id');
      response.setHeader('content-type', 'text/html');
      return void response.end('<html><body>Welcome to the hotel. Please log in.</body></html>');
    }
    if (record.operation === 'GetCallerIdentity') {
      return hasSts
        ? callerIdentity(response, exchange.request)
        : refuse(response, 'Other', { status: 501, code: 'NotImplemented', message: 'Not implemented.' });
    }
    const objects = contents.get(record.bucket);
    if (objects === undefined) {
      return refuse(response, record.operation, {
        status: 404,
        code: 'NoSuchBucket',
        message: 'No such bucket.',
      });
    }
    if (record.operation === 'ListObjectsV2') {
      const listed = { name: record.bucket, objects, written, pageSize };
      return void response.end(listObjects(listed, exchange.url.searchParams));
    }
    if (record.operation === 'DeleteObjects') return deleteObjects(exchange, objects, undeletable);
    if (record.operation === 'PutObject') written.set(record.key, new Date());
    return objectAnswer(exchange, objects);
  }

  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    keys,
    log,
    written,
    undeletable,
    objects: (bucket = buckets[0] ?? '') => contents.get(bucket) ?? new Map(),
    count: (operation) => log.filter((record) => record.operation === operation).length,
    inject: (injection) => faults.inject(injection),
    clearFaults: () => faults.clear(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function objectAnswer(exchange: Exchange, objects: Map<string, Buffer>): void | Promise<void> {
  const { record, response, body, request, fault } = exchange;
  const { operation, key } = record;
  if (operation === 'HeadBucket') return void response.end();
  if (operation === 'DeleteObject') {
    objects.delete(key);
    return void response.writeHead(204).end();
  }
  if (operation === 'PutObject') {
    const digest = request.headers['content-md5'];
    if (digest !== undefined && digest !== createHash('md5').update(body).digest('base64')) {
      return refuse(response, operation, {
        status: 400,
        code: 'BadDigest',
        message: 'The Content-MD5 did not match.',
      });
    }
    if (request.headers['if-none-match'] === '*' && objects.has(key)) {
      return refuse(response, operation, {
        status: 412,
        code: 'PreconditionFailed',
        message: 'It is there.',
      });
    }
    const wanted = request.headers['if-match'];
    const present = objects.get(key);
    if (wanted !== undefined && present === undefined)
      return refuse(response, operation, { status: 404, code: 'NoSuchKey', message: 'No such key.' });
    if (wanted !== undefined && present !== undefined && etag(present) !== wanted) {
      return refuse(response, operation, {
        status: 412,
        code: 'PreconditionFailed',
        message: 'It is another one.',
      });
    }
    objects.set(key, body);
    if (fault?.type === 'lost-answer') return void request.socket.resetAndDestroy();
    return void response
      .writeHead(200, { etag: etag(fault?.type === 'wrong-bytes' ? Buffer.from('?') : body) })
      .end();
  }
  const bytes = objects.get(key);
  if (bytes === undefined)
    return refuse(response, operation, { status: 404, code: 'NoSuchKey', message: 'No such key.' });
  response.setHeader('etag', etag(bytes));
  if (operation === 'HeadObject')
    return void response.writeHead(200, { 'content-length': bytes.length }).end();
  if (fault !== undefined) return sendFaulty(response, bytes, fault);
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  if (from === undefined) return void response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
  if (Number(from) >= bytes.length) {
    return refuse(response, operation, { status: 416, code: 'InvalidRange', message: 'Not satisfiable.' });
  }
  response.writeHead(206).end(bytes.subarray(Number(from), to ? Number(to) + 1 : bytes.length));
}

function operationOf(
  request: IncomingMessage,
  url: URL,
  body: Buffer,
  bucket: string,
  key: string,
): Operation {
  const method = request.method ?? '';
  if (method === 'POST' && body.includes('Action=GetCallerIdentity')) return 'GetCallerIdentity';
  if (key !== '') {
    const operations: Record<string, Operation> = {
      PUT: 'PutObject',
      GET: 'GetObject',
      HEAD: 'HeadObject',
      DELETE: 'DeleteObject',
    };
    return operations[method] ?? 'Other';
  }
  if (method === 'POST' && url.searchParams.has('delete')) return 'DeleteObjects';
  if (bucket !== '' && method === 'HEAD') return 'HeadBucket';
  return method === 'GET' && url.searchParams.get('list-type') === '2' ? 'ListObjectsV2' : 'Other';
}

async function collect(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
    return Buffer.concat(chunks);
  } catch {
    // The client went away in the middle of its request.
    return null;
  }
}
