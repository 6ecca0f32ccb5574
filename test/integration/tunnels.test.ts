import { chmod, readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { publicAddress } from '../../src/adapters/tunnels/public-address.js';
import { openSessionManager, PLUGIN } from '../../src/adapters/tunnels/session-manager.js';
import { openTls } from '../../src/adapters/tunnels/tls.js';
import { noPrompter } from '../support/no-prompter.js';
import { s3Remote } from '../support/s3-remote.js';
import { makeDirectory } from '../support/scratch.js';
import { selfSigned } from '../support/self-signed.js';
import { freePort } from '../support/server-process.js';

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

type Answer = (request: IncomingMessage, body: string) => { status?: number; text: string };

async function serve(answer: Answer): Promise<string> {
  const server: Server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { status = 200, text } = answer(request, Buffer.concat(pieces).toString());
    response.writeHead(status, { connection: 'close' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const portOf = (url: string) => Number(new URL(url).port);

/** Does what Amazon's plugin does, without Amazon: it leads straight to the port. */
async function plugin(): Promise<{ PATH: string; told: string }> {
  const directory = makeDirectory();
  const told = join(directory, 'told.json');
  const program = `#!${process.execPath}
const { connect, createServer } = require('node:net');
const [session, region, verb, profile, request, endpoint] = process.argv.slice(2);
require('node:fs').appendFileSync(${JSON.stringify(told)}, JSON.stringify({ session, region, verb, profile, request, endpoint }) + '\\n');
const { portNumber: [remote], localPortNumber: [local] } = JSON.parse(request).Parameters;
if (remote === '9') { console.error('the plugin says no'); process.exit(1); }
createServer((socket) => {
  const there = connect(Number(remote), '127.0.0.1');
  socket.on('error', () => there.destroy());
  there.on('error', () => socket.destroy());
  socket.pipe(there).pipe(socket);
}).listen(Number(local), '127.0.0.1');
`;
  await writeFile(join(directory, PLUGIN), program);
  await chmod(join(directory, PLUGIN), 0o755);
  return { PATH: directory, told };
}

describe('Session Manager', () => {
  const session = { SessionId: 'ana-1', StreamUrl: 'wss://x', TokenValue: 'token' };

  it('is asked once for each port, and its plugin leads there until the tunnel is closed', async () => {
    const mlflow = await serve(() => ({ text: 'MLflow' }));
    const asked: { headers: IncomingMessage['headers']; body: string }[] = [];
    const endpoint = await serve(({ headers }, body) => {
      asked.push({ headers, body });
      return { text: JSON.stringify(session) };
    });
    const { PATH, told } = await plugin();
    const parts = {
      remote: s3Remote(endpoint),
      env: { PATH, AWS_ENDPOINT_URL_SSM: endpoint },
      prompter: noPrompter,
    };
    const [one, two] = [await freePort(), await freePort()];
    const forwards = [one, two].map((local) => ({ local, remote: portOf(mlflow) }));
    const tunnel = await openSessionManager(parts, 'i-0abc', 'us-east-1', forwards);
    for (const port of [one, two]) {
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('MLflow');
    }
    expect(asked).toHaveLength(2);
    expect(asked[0]?.headers['x-amz-target']).toBe('AmazonSSM.StartSession');
    expect(asked[0]?.headers.authorization).toContain('/us-east-1/ssm/aws4_request');
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({
      Target: 'i-0abc',
      DocumentName: 'AWS-StartPortForwardingSession',
      Parameters: { portNumber: [String(portOf(mlflow))], localPortNumber: [String(one)] },
    });
    const [first] = (await readFile(told, 'utf8')).trim().split('\n');
    expect(JSON.parse(first ?? '')).toMatchObject({
      session: JSON.stringify(session),
      region: 'us-east-1',
      verb: 'StartSession',
      endpoint,
    });
    await tunnel.close();
    await expect(fetch(`http://127.0.0.1:${one}/`)).rejects.toThrow();
    await expect(fetch(`http://127.0.0.1:${two}/`)).rejects.toThrow();
  });

  it('tells why it does not let one in, and what the plugin said', async () => {
    const refusal = { __type: 'TargetNotConnected', message: 'i-0abc is not connected.' };
    const refusing = await serve(() => ({ status: 400, text: JSON.stringify(refusal) }));
    const { PATH } = await plugin();
    const start = async (endpoint: string, remote: number) =>
      openSessionManager(
        { remote: s3Remote(endpoint), env: { PATH, AWS_ENDPOINT_URL: endpoint }, prompter: noPrompter },
        'i-0abc',
        'us-east-1',
        [{ local: await freePort(), remote }],
      );
    await expect(start(refusing, 5000)).rejects.toMatchObject({
      code: 5,
      why: expect.stringContaining('i-0abc is not connected.'),
    });
    const willing = await serve(() => ({ text: JSON.stringify(session) }));
    await expect(start(willing, 9)).rejects.toMatchObject({
      kind: 'cloud/no-tunnel',
      why: 'the plugin says no',
    });
  });
});

describe('TLS', () => {
  const { key, cert } = selfSigned();

  it('speaks to the machine that is meant, and to no other', async () => {
    const lines: string[] = [];
    const server = createTlsServer({ key, cert }, (socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (bytes) => {
        lines.push(bytes.toString().split('\n')[0] ?? '');
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nhere');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(server);
    const { port } = server.address() as AddressInfo;
    const place = { address: '127.0.0.1', port, token: 'secret' };
    const local = await freePort();
    const tunnel = await openTls({ ...place, certificate: cert }, [{ local, remote: 5000 }]);
    expect(await (await fetch(`http://127.0.0.1:${local}/`)).text()).toBe('here');
    expect(lines).toEqual(['secret 5000']);
    await tunnel.close();
    await expect(fetch(`http://127.0.0.1:${local}/`)).rejects.toThrow();

    const { cert: another } = selfSigned();
    await expect(openTls({ ...place, certificate: another }, [])).rejects.toMatchObject({
      kind: 'cloud/no-tunnel',
      code: 5,
    });
    expect(lines, 'no token is told to another machine').toHaveLength(1);
  });
});

describe('the public address', () => {
  it('is what the service says, if that is one', async () => {
    expect(await publicAddress(await serve(() => ({ text: '198.51.100.7\n' })))).toBe('198.51.100.7');
    for (const answer of [
      { text: '<html>log in</html>' },
      { text: '::1' },
      { status: 503, text: '198.51.100.7' },
    ]) {
      const service = await serve(() => answer);
      await expect(publicAddress(service)).rejects.toMatchObject({ kind: 'cloud/no-address', code: 5 });
    }
    await expect(publicAddress(`http://127.0.0.1:${await freePort()}`)).rejects.toMatchObject({
      next: 'Name it: npx wms cloud connect --from ADDRESS',
    });
  });
});
