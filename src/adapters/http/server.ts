import { isIPv6 } from 'node:net';
import multipart from '@fastify/multipart';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { HttpAnswer, HttpOptions, HttpServer, Route } from '../../ports/http-server.js';
import { cannotListen } from './errors.js';

/** A client that takes longer to send a request is cut off. */
const REQUEST_MS = 60_000;
const MAX_FIELDS = 20;

/** Throws WmsError `serve/cannot-listen` (exit code 2). */
export async function openHttpServer(options: HttpOptions): Promise<HttpServer> {
  const { host, port, maxBodyBytes, routes, refuse } = options;
  const app: FastifyInstance = fastify({
    bodyLimit: maxBodyBytes,
    requestTimeout: REQUEST_MS,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true },
  });
  // Bodies go to whoever knows what they mean, unread.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  await app.register(multipart, {
    limits: { files: 1, fields: MAX_FIELDS, fieldSize: 64_000, fileSize: maxBodyBytes },
  });
  app.setErrorHandler((error: FastifyError, _request, reply) =>
    send(reply, refuse(error.statusCode ?? 500, error)),
  );
  app.setNotFoundHandler((request, reply) =>
    send(reply, refuse(404, new Error(`There is no ${request.method} ${request.url.split('?')[0]} here`))),
  );
  let closing = false;
  app.addHook('onSend', async (_request, reply) => {
    // Or the connection would stay open for a next request, and the end would wait for it.
    if (closing) reply.header('connection', 'close');
  });
  for (const route of routes) addRoute(app, route);
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw cannotListen(host, port, error as NodeJS.ErrnoException);
  }
  const address = app.server.address();
  const bound = address !== null && typeof address === 'object' ? address.port : port;
  return {
    url: `http://${isIPv6(host) ? `[${host}]` : host}:${bound}`,
    async close(graceMs) {
      closing = true;
      const timer = setTimeout(() => app.server.closeAllConnections(), graceMs);
      await app.close();
      clearTimeout(timer);
    },
  };
}

function addRoute(app: FastifyInstance, { method, path, admit, handle }: Route): void {
  app.route({
    method,
    url: path,
    async onRequest(_request, reply) {
      const admitted = admit?.();
      if (typeof admitted === 'function') reply.raw.once('close', admitted);
      else if (admitted !== undefined) return send(reply, admitted);
    },
    async handler(request, reply) {
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort(new Error('the client is gone')));
      const answer = await handle({
        parameters: request.params as Record<string, string>,
        headers: request.headers,
        body: await bodyOf(request),
        signal: gone.signal,
      });
      return send(reply, answer);
    },
  });
}

async function bodyOf(request: FastifyRequest): Promise<Buffer> {
  if (!request.isMultipart()) return (request.body as Buffer | undefined) ?? Buffer.alloc(0);
  try {
    const part = await request.file();
    return (await part?.toBuffer()) ?? Buffer.alloc(0);
  } catch (error) {
    // The parser's own errors have no status: a form that cannot be read is the client's.
    const { statusCode = 400, message } = error as FastifyError;
    throw Object.assign(new Error(message, { cause: error }), { statusCode });
  }
}

function send(reply: FastifyReply, { status, type, body, headers = {} }: HttpAnswer): FastifyReply {
  return reply.code(status).headers(headers).type(type).send(body);
}
