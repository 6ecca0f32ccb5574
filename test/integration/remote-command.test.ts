import { readdir } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { execa } from 'execa';
import { afterEach, expect, test, vi } from 'vitest';
import { type Frame, FrameReader, frame } from '../../src/adapters/remote-command/frames.pure.js';
import { startThere, untilReady } from '../support/remote-commands.js';
import { makeDirectory, writeFiles } from '../support/scratch.js';

let server: Server | undefined;

afterEach(
  () =>
    new Promise<void>((resolve) => (server === undefined ? resolve() : void server.close(() => resolve()))),
);

/** A machine that answers as it likes when the files have come. */
async function machine(answer: (socket: Socket, request: Record<string, unknown>) => void) {
  const come: Frame[] = [];
  server = createServer((socket) => {
    const reader = new FrameReader();
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      for (const each of reader.push(chunk)) {
        come.push(each);
        if (each.kind === 'E') answer(socket, JSON.parse(come[0]?.payload.toString() ?? ''));
        if (each.kind === 'S') socket.end();
      }
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, ticket: 'ticket', come };
}

async function archive(files: Record<string, string>): Promise<Buffer> {
  const directory = makeDirectory();
  await writeFiles(directory, files);
  const { stdout } = await execa('tar', ['-c', '-f', '-', '-C', directory, '.'], { encoding: 'buffer' });
  return Buffer.from(stdout);
}

const ended = frame('X', JSON.stringify({ exitCode: 0, signal: null }));

test('tells what runs where, without its own environment, and sends what Git knows and the run', async () => {
  const { port, ticket, come } = await machine((socket) => socket.end(Buffer.concat([ended, frame('E')])));
  const running = await startThere({ port, ticket }, 'true');
  expect(await running.ended).toEqual({ exitCode: 0, signal: null });
  const { tree, directory } = running;
  const [request, ...rest] = come;
  expect(JSON.parse(request?.payload.toString() ?? '')).toEqual({
    ticket,
    tree,
    command: `${tree}/run.sh`,
    args: ["it's", '$(here)'],
    cwd: tree,
    env: { WMS_OUTPUT_DIR: directory, WMS_SEED: '7' },
    grace: 5,
    output: directory,
  });
  const input = Buffer.concat(rest.filter(({ kind }) => kind === 'T').map(({ payload }) => payload));
  const { stdout } = await execa('tar', ['-t', '-f', '-'], { input });
  expect(
    stdout
      .split('\n')
      .filter((path) => !path.endsWith('/'))
      .sort(),
  ).toEqual([
    "odd name's $(x)",
    'run.sh',
    'runs/20261130-101500/data/images/a.jpg',
    'runs/20261130-101500/split.json',
  ]);
});

test('what has not come to its end is not taken for a result', async () => {
  const made = await archive({ 'model.onnx': 'half'.repeat(100_000), 'metrics.json': '{}' });
  for (const cut of [made.length / 2, made.length]) {
    const { port, ticket } = await machine((socket) =>
      socket.end(Buffer.concat([ended, frame('T', made.subarray(0, cut))])),
    );
    const running = await startThere({ port, ticket }, 'true');
    await expect(running.ended).rejects.toMatchObject({ kind: 'train/connection-lost', code: 5 });
    expect((await readdir(running.directory)).sort()).toEqual(['data', 'split.json']);
    server?.close();
  }
});

test('a damaged archive is no result, and no lost connection', async () => {
  const { port, ticket } = await machine((socket) =>
    socket.end(Buffer.concat([ended, frame('T', 'this is no archive'.repeat(1000)), frame('E')])),
  );
  const running = await startThere({ port, ticket }, 'true');
  await expect(running.ended).rejects.toMatchObject({ kind: 'train/outputs-not-kept', code: 5 });
  expect((await readdir(running.directory)).sort()).toEqual(['data', 'split.json']);
});

test('the machine says why it does not work', async () => {
  const { port, ticket } = await machine((socket) => socket.end(frame('F', 'No space left on device')));
  const running = await startThere({ port, ticket }, 'true');
  await expect(running.ended).rejects.toMatchObject({
    kind: 'train/machine-refused',
    code: 5,
    why: 'No space left on device',
  });
});

test('a connection that cannot be made, or ends at once, is lost', async () => {
  const { port, ticket } = await machine((socket) => socket.destroy());
  await expect((await startThere({ port, ticket }, 'true')).ended).rejects.toMatchObject({
    kind: 'train/connection-lost',
  });
  await new Promise<void>((resolve) => server?.close(() => resolve()));
  server = undefined;
  await expect((await startThere({ port, ticket }, 'true')).ended).rejects.toMatchObject({
    kind: 'train/connection-lost',
    why: expect.stringContaining('ECONNREFUSED'),
  });
});

test('a machine that says nothing any more is given up', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
  try {
    const { port, ticket } = await machine((socket) => void socket.write(frame('O', 'ready')));
    const running = await startThere({ port, ticket }, 'true');
    await untilReady(running);
    vi.advanceTimersByTime(80_000);
    expect(await Promise.race([running.ended, Promise.resolve('waits')])).toBe('waits');
    vi.advanceTimersByTime(30_000);
    await expect(running.ended).rejects.toMatchObject({
      kind: 'train/connection-lost',
      why: expect.stringContaining('said nothing'),
    });
  } finally {
    vi.useRealTimers();
  }
});

test('stopped before the command has begun, nothing is waited for', async () => {
  const { port, ticket } = await machine(() => undefined);
  const running = await startThere({ port, ticket }, 'true');
  running.stop('SIGINT');
  expect(await running.ended).toEqual({ exitCode: null, signal: 'SIGINT' });
  expect(await running.processes()).toEqual([]);
});
