import { createHash, randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ObjectStore } from '../../src/ports/object-store.js';
import { FakeTiming } from '../support/fake-timing.js';
import { openTestS3, s3Remote } from '../support/s3-remote.js';
import { type S3Server, startS3Server } from '../support/s3-server.js';

vi.mock('@aws-sdk/client-s3', () => {
  throw new Error('the SDK was loaded');
});
vi.mock('@aws-sdk/credential-providers', () => {
  throw new Error('the SDK’s credentials were loaded');
});

const bytes = randomBytes(10_000);
const id = createHash('md5').update(bytes).digest('hex');

describe('the lean transport', () => {
  let server: S3Server;
  beforeEach(async () => {
    server = await startS3Server();
  });
  afterEach(() => server.close());
  const open = (keys: Record<string, string> = {}): ObjectStore =>
    openTestS3(s3Remote(server.url, keys), { timing: new FakeTiming() }).store;

  it('does its work without the SDK', async () => {
    const store = open();
    expect(await store.put(id, bytes)).toBe('created');
    expect((await store.get(id)).equals(bytes)).toBe(true);
    expect(await store.has(id)).toBe(true);
    expect(server.log.map(({ headers }) => headers['user-agent'])).toEqual(Array(3).fill('wms-hooks'));
  });

  it.each([{ allow_anonymous_login: 'true' }, { sse_customer_key: Buffer.alloc(32, 7).toString('base64') }])(
    'leaves to the SDK what it cannot do: %o',
    async (keys) => {
      const error = await open(keys)
        .get(id)
        .catch((caught: Error & { why?: string }) => caught);
      expect(JSON.stringify(error)).toContain('mocking a module');
    },
  );

  it('refuses a session token that cannot stand in a header, and does not say it', async () => {
    const session_token = 'secret\u2026token';
    const error = await open({ session_token })
      .get(id)
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ why: expect.stringContaining('x-amz-security-token') });
    expect(JSON.stringify(error)).not.toContain('token\u2026');
    expect(server.log).toEqual([]);
  });
});

describe('connections', () => {
  const answer = (body: string) =>
    `HTTP/1.1 200 OK\r\nx-amz-request-id: r\r\netag: "e"\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const small = 'small';
  const smallId = createHash('md5').update(small).digest('hex');
  const sockets: Socket[] = [];
  const timing = new FakeTiming();

  /** A store on a server that does with the n-th request of each connection what `reply` says. */
  async function against(reply: (socket: Socket, request: number, connection: number) => void) {
    let connections = 0;
    const server = createServer((socket) => {
      const connection = ++connections;
      let requests = 0;
      sockets.push(socket);
      socket.on('error', () => {});
      socket.on('data', (data) => {
        if (/^(GET|PUT) /.test(data.toString('latin1'))) reply(socket, ++requests, connection);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { store } = openTestS3(s3Remote(`http://127.0.0.1:${port}`), { timing });
    const close = () => {
      for (const socket of sockets.splice(0)) socket.destroy();
      server.close();
    };
    return { store, close, connections: () => connections };
  }

  it('are used again', async () => {
    const { store, close, connections } = await against((socket) => socket.write(answer(small)));
    for (let at = 0; at < 5; at += 1) await store.get(smallId);
    expect(connections()).toBe(1);
    close();
  });

  it('that the server has closed meanwhile cost no waiting', async () => {
    const { store, close, connections } = await against((socket, request) => {
      if (request === 1) socket.write(answer(small));
      else socket.destroy();
    });
    await store.get(smallId);
    await store.get(smallId);
    expect(connections()).toBe(2);
    expect(timing.pauses).toEqual([]);
    close();
  });

  it('on which more came than was asked for are not used again', async () => {
    const { store, close, connections } = await against((socket) =>
      socket.write(`${answer(small)}${answer('evil!')}`),
    );
    expect((await store.get(smallId)).toString()).toBe(small);
    expect((await store.get(smallId)).toString()).toBe(small);
    expect(connections()).toBe(2);
    close();
  });

  it('carry an answer that comes before the request is complete', async () => {
    const denied = '<Error><Code>AccessDenied</Code><Message>no</Message></Error>';
    const refusal = `HTTP/1.1 403 Forbidden\r\ncontent-length: ${denied.length}\r\n\r\n${denied}`;
    const { store, close } = await against((socket) => {
      socket.pause();
      socket.write(refusal);
    });
    const large = Buffer.alloc(20_000_000);
    const largeId = createHash('md5').update(large).digest('hex');
    await expect(store.put(largeId, large)).rejects.toMatchObject({ kind: 'credentials/not-allowed' });
    close();
  });

  it('to something that speaks no HTTP end with the reason', async () => {
    const { store, close } = await against((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n\r\n'));
    await expect(store.get(smallId)).rejects.toMatchObject({
      kind: 'store/refused',
      why: expect.stringContaining('Parse Error'),
    });
    close();
  });
});
