import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PLUGIN } from '../../src/adapters/tunnels/session-manager.js';
import { reportNote } from '../../src/cloud/machine/notes.js';
import { readSession } from '../../src/cloud/session.js';
import type { StoreNotes } from '../../src/ports/store-notes.js';
import { ciMachine, ciWith, makeCiTeam, meters, publish } from '../support/ci-team.js';
import { startMotoServer } from '../support/moto.js';
import { openTestS3, s3Remote } from '../support/s3-remote.js';
import { TEST_KEYS } from '../support/s3-server.js';
import { makeDirectory } from '../support/scratch.js';
import { startTrainingMachine } from '../support/training-machine.js';

const BUCKET = 'training-team';

let amazon: Awaited<ReturnType<typeof startMotoServer>>;
let sessions: Server;
let notes: StoreNotes;

beforeAll(async () => {
  amazon = await startMotoServer();
  const credentials = { ...TEST_KEYS, sessionToken: '' };
  const s3 = new S3Client({ endpoint: amazon.url, region: 'us-east-1', credentials, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  s3.destroy();
  notes = openTestS3(s3Remote(amazon.url, { url: `s3://${BUCKET}/team` })).notes;
  // moto has no Session Manager.
  sessions = createServer((_, response) =>
    response.end(JSON.stringify({ SessionId: 'ana-1', StreamUrl: 'wss://x', TokenValue: 't' })),
  );
  await new Promise<void>((resolve) => sessions.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  sessions?.close();
  await amazon?.stop();
});

/** Leads to `port`, wherever it is told to lead to. */
async function pluginTo(port: number): Promise<string> {
  const directory = makeDirectory();
  const program = `#!${process.execPath}
const { connect, createServer } = require('node:net');
const { localPortNumber: [local] } = JSON.parse(process.argv[6]).Parameters;
createServer((socket) => {
  const there = connect(${port}, '127.0.0.1');
  socket.on('error', () => undefined).on('close', () => there.destroy());
  there.on('error', () => undefined).on('close', () => socket.destroy());
  socket.pipe(there).pipe(socket);
}).listen(Number(local), '127.0.0.1');
`;
  await writeFile(join(directory, PLUGIN), program, { mode: 0o755 });
  return directory;
}

/** moto runs no machines: this says what one would say, and fulfils wishes for dumps. */
async function reportAs(trainTicket: string, over: AbortSignal): Promise<void> {
  for (; !over.aborted; await wait(300)) {
    const session = await readSession(notes);
    if (!session?.machine) continue;
    const at = new Date().toISOString();
    const told = { stage: 'ready', at, trainTicket, dump: { at, key: 'team/wms/cloud/registry/x.dump' } };
    await notes.write(reportNote(session), Buffer.from(JSON.stringify({ session: session.id, ...told })));
  }
}

test('session, train, stop: the command runs on the machine, its model is registered here', async () => {
  const machine = await startTrainingMachine();
  const env = {
    AWS_ACCESS_KEY_ID: TEST_KEYS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: TEST_KEYS.secretAccessKey,
    AWS_ENDPOINT_URL: amazon.url,
    AWS_ENDPOINT_URL_SSM: `http://127.0.0.1:${(sessions.address() as AddressInfo).port}`,
    PATH: [await pluginTo(machine.port), process.env.PATH].join(delimiter),
  };
  const train = { where: 'session', command: ['sh', '-c', 'echo "I am $(id -un)"; env; exec ./train.sh'] };
  const dvcConfig = `[core]\n    remote = storage\n['remote "storage"']\n    url = s3://${BUCKET}/team\n    endpointurl = ${amazon.url}\n    region = us-east-1\n`;
  const team = await makeCiTeam({ train }, { dvcConfig });
  const branch = await publish(team, team.clone, await meters(1, 25), env);
  const over = new AbortController();
  const reporting = reportAs(machine.ticket, over.signal);
  const job = async (name: string, ...args: string[]) =>
    ciWith(env, await ciMachine(team, branch), name, ...args);
  try {
    expect((await job('train')).stderr).toContain(`npx wms ci session ${branch}`);
    const held = await job('session', branch);
    expect(held.exitCode, held.stderr).toBe(0);
    const trained = await job('train');
    expect(trained.exitCode, trained.stderr).toBe(0);
    expect(trained.facts).toMatchObject({ outcome: 'trained', branch, version: '1' });
    expect(trained.stderr).toMatch(/✔ Session +\S+ · until .* \(\d+ h/);
    expect(trained.stderr).toMatch(/✔ Tunnel +Session Manager/);
    expect(trained.stderr).toMatch(/on the machine of the session/);
    expect(trained.stderr).toContain('I am nobody\n');
    expect(trained.stderr).not.toContain(TEST_KEYS.secretAccessKey);
    await machine.close();
    const decided = await job('decide', branch);
    expect(decided.facts).toMatchObject({ decision: 'first', version: '1' });
    expect((await job('stop', branch)).facts).toMatchObject({ outcome: 'stopped' });
  } finally {
    over.abort();
    await reporting;
  }
});
