import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { FaultQueue, type Injection } from './fault-queue.js';
import { type Json, MlflowRefusal, MlflowState } from './mlflow-state.js';

/** What the server does instead of answering properly. */
export type MlflowFault =
  /** The connection is cut before anything is done. */
  | { readonly type: 'reset' }
  /** The request is carried out, but the answer never arrives. */
  | { readonly type: 'lost-answer' }
  /** The request is carried out, but the answer is cut without an error on the connection, as some proxies do. */
  | { readonly type: 'cut' }
  | { readonly type: 'hang' }
  | {
      readonly type: 'answer';
      readonly status: number;
      readonly body: string;
      readonly contentType?: string;
    };

export interface MlflowServerOptions {
  /** Value of the header that requests need. */
  readonly authorization?: string;
  /** Path before all others. */
  readonly prefix?: string;
  readonly version?: string;
  readonly tls?: { readonly key: string; readonly cert: string };
}

export interface MlflowTestServer {
  readonly url: string;
  readonly state: MlflowState;
  /** `POST runs/create`, `PUT artifact`, `GET health`, …, in the order of arrival. */
  readonly log: string[];
  count(operation: string): number;
  inject(injection: Injection<MlflowFault, string>): void;
  clearFaults(): void;
  /** Called with every operation before it is carried out. */
  onRequest: ((operation: string) => Promise<void> | void) | undefined;
  close(): Promise<void>;
}

const API = '/api/2.0/mlflow/';
const PROXY = '/api/2.0/mlflow-artifacts/artifacts';

interface Request {
  readonly operation: string;
  readonly path: string;
  readonly body: Buffer;
  readonly query: URLSearchParams;
}

/** An MLflow server in this process, on 127.0.0.1: what is used here, and faults on demand. */
export async function startMlflowServer(options: MlflowServerOptions = {}): Promise<MlflowTestServer> {
  const { authorization, prefix = '', version = '3.17.2', tls } = options;
  const state = new MlflowState();
  const faults = new FaultQueue<MlflowFault, string>();
  const log: string[] = [];

  const listener = (incoming: IncomingMessage, response: ServerResponse) => {
    void read(incoming, prefix).then(async (request) => {
      log.push(request.operation);
      await server.onRequest?.(request.operation);
      const fault = faults.next(request.operation);
      if (fault?.type === 'reset') return void incoming.socket.resetAndDestroy();
      if (fault?.type === 'hang') return;
      if (fault?.type === 'answer') {
        return respond(response, fault.status, fault.body, fault.contentType ?? 'application/json');
      }
      const needsAuth = authorization !== undefined && request.path !== '/health';
      if (needsAuth && incoming.headers.authorization !== authorization) {
        return respond(response, 401, 'You are not authenticated.', 'text/html');
      }
      const [status, body, type] = answer(state, version, request);
      if (fault?.type === 'lost-answer') return void incoming.socket.resetAndDestroy();
      respond(response, status, fault?.type === 'cut' ? body.subarray(0, body.length / 2) : body, type);
    });
  };
  const http = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;

  const server: MlflowTestServer = {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}${prefix}`,
    state,
    log,
    count: (operation) => log.filter((each) => each === operation).length,
    inject: (injection) => faults.inject(injection),
    clearFaults: () => faults.clear(),
    onRequest: undefined,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return server;
}

async function read(incoming: IncomingMessage, prefix: string): Promise<Request> {
  const url = new URL(incoming.url ?? '/', 'http://server');
  const path = url.pathname.startsWith(`${prefix}/`) ? url.pathname.slice(prefix.length) : '/outside';
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const name = path.startsWith(API)
    ? path.slice(API.length)
    : path.startsWith(PROXY)
      ? 'artifact'
      : path.slice(1);
  return {
    operation: `${incoming.method} ${name}`,
    path,
    body: Buffer.concat(chunks),
    query: url.searchParams,
  };
}

function answer(state: MlflowState, version: string, request: Request): [number, Buffer, string] {
  const { operation, path, body, query } = request;
  const json = (status: number, value: unknown): [number, Buffer, string] => [
    status,
    Buffer.from(JSON.stringify(value)),
    'application/json',
  ];
  if (path === '/health') return [200, Buffer.from('OK'), 'text/plain'];
  if (path === '/version') return [200, Buffer.from(version), 'text/plain'];
  try {
    if (path.startsWith(PROXY)) return artifact(state, request) ?? json(200, listing(state, query));
    if (!state.knows(operation)) return [404, Buffer.from('<title>404 Not Found</title>'), 'text/html'];
    const parameters: Json = body.length > 0 ? JSON.parse(body.toString()) : Object.fromEntries(query);
    return json(200, state.answer(operation, parameters));
  } catch (error) {
    if (!(error instanceof MlflowRefusal)) throw error;
    return json(error.status, { error_code: error.errorCode, message: error.message });
  }
}

/** Null: this asks for a list. */
function artifact(state: MlflowState, { operation, path, body }: Request): [number, Buffer, string] | null {
  const key = decodeURIComponent(path.slice(PROXY.length + 1));
  if (key === '') return null;
  if (operation === 'PUT artifact') {
    state.artifacts.set(key, body);
    return [200, Buffer.from('{}'), 'application/json'];
  }
  const bytes = state.artifacts.get(key);
  if (bytes === undefined) throw new MlflowRefusal(404, 'RESOURCE_DOES_NOT_EXIST', 'No such artifact');
  return [200, bytes, 'application/octet-stream'];
}

function listing(state: MlflowState, query: URLSearchParams): Json {
  const directory = `${query.get('path')}/`;
  const files = new Map<string, Json>();
  for (const [key, bytes] of state.artifacts) {
    const [name = '', ...rest] = key.startsWith(directory) ? key.slice(directory.length).split('/') : [];
    if (name === '') continue;
    const entry = rest.length > 0 ? { is_dir: true } : { is_dir: false, file_size: bytes.length };
    files.set(name, { path: name, ...entry });
  }
  return files.size > 0 ? { files: [...files.values()] } : {};
}

function respond(response: ServerResponse, status: number, body: Buffer | string, type: string): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}
