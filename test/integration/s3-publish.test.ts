import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { parseManifest } from '../../src/dataset/manifest.js';
import { parsePointer } from '../../src/dataset/pointer.js';
import { expectRefused, IMAGES, lastOutcome, MASKS, teamTemplate } from '../support/bad-push.js';
import { cloneState, filesBelow } from '../support/clone-state.js';
import { md5Of } from '../support/manifests.js';
import { pairFiles } from '../support/pictures.js';
import { onlyDataBranch, rawFilesOnRemote } from '../support/remote-view.js';
import { FAULTS } from '../support/s3-faults.js';
import { type S3Server, startS3Server } from '../support/s3-server.js';
import { commitFiles, git, makeDirectory, writeFiles } from '../support/scratch.js';
import { dataBranches, push, type Ran, type Team } from '../support/team.js';

const PREFIX = 'team/dvc/files/md5/';
const KEYS = {
  accessKeyId: 'ASIAWMSTESTSERVER002',
  secretAccessKey: 'canarySecret/0123456789+abcdefghijklmnop',
  sessionToken: 'canaryToken//FwoGZXIvYXdzEBYaDHqa0AP1tbd4example==',
};
/** New pairs of each push. */
const PAIRS = [2, 3, 4, 5];

const copyTeam = teamTemplate();
let server: S3Server;
let credentials: string;

beforeAll(async () => {
  server = await startS3Server({ keys: [KEYS] });
  credentials = join(makeDirectory({ keep: true }), 'credentials');
});
afterAll(() => server.close());

beforeEach(async () => {
  server.clearFaults();
  server.log.length = 0;
  server.objects().clear();
  await login(KEYS);
});

/** What a person does with new credentials. */
async function login(keys: typeof KEYS): Promise<void> {
  const lines = [
    '[default]',
    `aws_access_key_id = ${keys.accessKeyId}`,
    `aws_secret_access_key = ${keys.secretAccessKey}`,
    `aws_session_token = ${keys.sessionToken}`,
  ];
  await writeFile(credentials, `${lines.join('\n')}\n`);
}

const env = () => ({
  AWS_SHARED_CREDENTIALS_FILE: credentials,
  AWS_CONFIG_FILE: '/nonexistent/aws-config',
  AWS_EC2_METADATA_DISABLED: 'true',
});

/** A clone with new pairs, whose dataset is in the server. */
async function teamOnS3(url = 's3://wms-test/team/dvc', pairs: readonly number[] = PAIRS): Promise<Team> {
  const team = await copyTeam();
  const objects = join(team.store, 'files/md5');
  for (const name of Object.keys(filesBelow(objects)))
    server.objects().set(PREFIX + name, readFileSync(join(objects, name)));
  const remote = [`['remote "storage"']`, `    url = ${url}`, `    endpointurl = ${server.url}`];
  await commitFiles(team.clone, await pairFiles(pairs), 'photos');
  await writeFiles(team.clone, { '.dvc/config.local': `${remote.join('\n')}\n` });
  return team;
}

/** The data branch names exactly the pairs, and everything that it names is there. */
async function expectComplete(team: Team, pairs: readonly number[]): Promise<void> {
  const branch = await onlyDataBranch(team);
  const bytesOf = (id: string) => {
    const bytes = server.objects().get(`${PREFIX}${id.slice(0, 2)}/${id.slice(2)}`);
    if (bytes === undefined) throw new Error(`the store has no object ${id}`);
    return bytes;
  };
  for (const directory of [IMAGES, MASKS]) {
    const { id } = parsePointer(await git(team.remote, 'show', `${branch}:${directory}.dvc`), directory);
    const manifest = parseManifest(bytesOf(id), id, server.url);
    expect(manifest.map(({ relpath }) => relpath)).toEqual(
      [1, ...pairs].map((seed) => `meter_${seed}.png`).sort(),
    );
    for (const { md5 } of manifest) bytesOf(md5);
  }
  expect(await rawFilesOnRemote(team)).toEqual([]);
}

async function expectPublished(team: Team, pairs: readonly number[] = PAIRS): Promise<Ran> {
  const before = await cloneState(team.clone);
  const ran = await push(team.clone, [], env());
  expect(ran.stderr).toContain('Published. The push to main was stopped on purpose');
  expect(ran.stderr).toContain(`Existing: 1, New: ${pairs.length}, Replaced: 0, Total: ${1 + pairs.length}`);
  await expectComplete(team, pairs);
  expect(await cloneState(team.clone)).toEqual(before);
  expectNoSecret(team, ran);
  return ran;
}

/** Neither in what was printed nor in any file that this program keeps. */
function expectNoSecret(team: Team, { stdout, stderr }: Ran): void {
  const state = join(team.clone, '.git/wms');
  const texts = [stdout, stderr];
  if (existsSync(state))
    for (const name of Object.keys(filesBelow(state)))
      texts.push(name, readFileSync(join(state, name), 'latin1'));
  expect(texts.length).toBeGreaterThan(3);
  for (const text of texts) expect(text).not.toMatch(/canary/i);
}

/** Uploads of objects and manifests. */
const putsOf = (from = 0) =>
  server.log
    .slice(from)
    .filter(({ operation, key }) => operation === 'PutObject' && key.includes('/files/md5/'));

test('requests: one for each new object and ten more; the store is never listed', async () => {
  const team = await teamOnS3();
  const { stderr } = await expectPublished(team);
  expect(stderr).toContain('arn:aws:iam::123456789012:user/');
  expect(stderr).toContain('store s3://wms-test/team/dvc');
  // Masks that look the same are one object.
  const md5s = async (seeds: number[]) => Object.values(await pairFiles(seeds)).map(md5Of);
  const old = new Set(await md5s([1]));
  const objects = new Set((await md5s(PAIRS)).filter((md5) => !old.has(md5))).size;
  expect(server.log.length).toBeLessThanOrEqual(objects + 10);
  expect(server.count('ListObjectsV2')).toBe(0);
  expect(putsOf()).toHaveLength(objects + 2);
  for (const { headers } of putsOf()) expect(headers['if-none-match']).toBe('*');
});

test('manifests go up after every object that they name', async () => {
  await expectPublished(await teamOnS3());
  const keys = putsOf().map(({ key }) => key);
  const firstManifest = keys.findIndex((key) => key.endsWith('.dir'));
  expect(keys.slice(firstManifest).every((key) => key.endsWith('.dir'))).toBe(true);
});

test.each([
  ['few', PAIRS],
  ['many', Array.from({ length: 80 }, (_, index) => 2 + index)],
])('what was committed is published, whatever the working tree has become: %s files', async (_, pairs) => {
  const team = await teamOnS3(undefined, pairs);
  const image = (seed: number) => join(team.clone, IMAGES, `meter_${seed}.png`);
  const committed = readFileSync(image(2));
  writeFileSync(image(2), Buffer.alloc(committed.length));
  rmSync(image(3));
  rmSync(image(4));
  mkdirSync(image(4));
  rmSync(image(5));
  symlinkSync('meter_2.png', image(5));
  await expectPublished(team, pairs);
  const keyOf = (bytes: Buffer) => PREFIX + md5Of(bytes).replace(/^../, '$&/');
  const files = [...server.objects()].filter(([key]) => key.startsWith(PREFIX) && !key.endsWith('.dir'));
  for (const [key, bytes] of files) expect(keyOf(bytes)).toBe(key);
  expect(files.map(([key]) => key)).toContain(keyOf(committed));
});

const TRANSIENT = {
  'answers that it is too busy': FAULTS.slowDown,
  'resets connections': FAULTS.reset,
  'loses answers after it has stored the object': FAULTS.lostAnswer,
};

for (const [what, fault] of Object.entries(TRANSIENT)) {
  test(`a server that ${what} for a while: nobody notices`, async () => {
    const team = await teamOnS3();
    server.inject({ fault, operation: 'PutObject', times: 3, after: 2 });
    await expectPublished(team);
  });
}

test('credentials that expire in the middle: what to do is said, and new ones go on from there', async () => {
  const team = await teamOnS3();
  // The first refusal ends those in flight: the three must have been confirmed before.
  const fault = { ...FAULTS.expired, milliseconds: 500 };
  server.inject({ fault, operation: 'PutObject', after: 1 + 3 });
  const ran = await expectRefused(
    team,
    {
      code: 4,
      kind: 'credentials/expired',
      says: ['The credentials have expired', credentials, '→ Get new ones', 'npx wms login'],
    },
    env(),
  );
  expectNoSecret(team, ran);
  expect(putsOf().filter(({ key }) => key.endsWith('.dir'))).toEqual([]);

  server.clearFaults();
  const sent = server.log.length;
  const stored = new Set(putsOf().flatMap(({ key, status }) => (status === 200 ? [key] : [])));
  expect(stored.size).toBe(3);
  const again = await expectPublished(team);
  expect(again.stderr).toContain('an earlier try has stored 3 more');
  expect(putsOf(sent).filter(({ key }) => stored.has(key))).toEqual([]);
});

test('what an earlier try has stored and a garbage collection has taken is stored again', async () => {
  const team = await teamOnS3();
  const before = new Set(server.objects().keys());
  server.inject({ fault: FAULTS.expired, operation: 'PutObject', after: 5 });
  await push(team.clone, [], env());
  server.clearFaults();
  for (const key of server.objects().keys()) if (!before.has(key)) server.objects().delete(key);
  await expectPublished(team);
});

interface Refused {
  readonly what: string;
  readonly fault: (typeof FAULTS)['labEnded' | 'explicitDeny' | 'notAllowed' | 'html200'];
  readonly code: 4 | 5;
  readonly kind: string;
  readonly says: readonly string[];
}

const REFUSALS: readonly Refused[] = [
  {
    what: 'the AWS Academy lab has ended (voc-cancel-cred)',
    fault: FAULTS.labEnded,
    code: 4,
    kind: 'credentials/lab-ended',
    says: ['The AWS Academy lab has ended', '→ Restart the lab'],
  },
  {
    what: 'a policy denies explicitly',
    fault: FAULTS.explicitDeny,
    code: 4,
    kind: 'credentials/denied',
    says: ['A policy forbids you to use the store s3://wms-test/team/dvc', '→ Ask the administrator'],
  },
  {
    what: 'the permission to write is missing',
    fault: FAULTS.notAllowed,
    code: 4,
    kind: 'credentials/not-allowed',
    says: ['You have no permission', 's3:PutObject'],
  },
  {
    what: 'a captive portal answers 200 with a web page',
    fault: FAULTS.html200,
    code: 5,
    kind: 'store/not-s3',
    says: ['Something else than S3 answered', '→ Open a web page to log in to the network'],
  },
];

for (const { what, fault, code, kind, says } of REFUSALS) {
  for (const operation of ['GetObject', 'PutObject'] as const) {
    test(`${what}, seen at ${operation}: nothing is pushed, and later it goes on`, async () => {
      const team = await teamOnS3();
      server.inject({ fault, operation });
      const ran = await expectRefused(team, { code, kind, says }, env());
      expectNoSecret(team, ran);
      expect(await dataBranches(team)).toEqual([]);
      server.clearFaults();
      await expectPublished(team);
    });
  }
}

test('a bucket that does not exist', async () => {
  const team = await teamOnS3('s3://wms-tset/team/dvc');
  const says = ['The bucket wms-tset does not exist', '→ Correct the url of the remote in .dvc/config'];
  expectNoSecret(team, await expectRefused(team, { code: 5, kind: 'store/no-bucket', says }, env()));
});

test('keys that the server does not know, a wrong secret, a wrong token: none of them is printed', async () => {
  const team = await teamOnS3();
  const wrong = {
    'credentials/unknown-key': { ...KEYS, accessKeyId: 'ASIAUNKNOWN000000000' },
    'credentials/wrong-secret': { ...KEYS, secretAccessKey: `${KEYS.secretAccessKey}Canary2` },
    'credentials/invalid-token': { ...KEYS, sessionToken: `${KEYS.sessionToken}Canary3` },
  };
  for (const [kind, keys] of Object.entries(wrong)) {
    await login(keys);
    expectNoSecret(team, await expectRefused(team, { code: 4, kind, says: ['wms login'] }, env()));
  }
  await login(KEYS);
  await expectPublished(team);
});

test('no credentials at all', async () => {
  const team = await teamOnS3();
  rmSync(credentials);
  await expectRefused(
    team,
    {
      code: 4,
      kind: 'credentials/missing',
      says: ['There are no credentials', credentials, 'npx wms login'],
    },
    env(),
  );
  expect(lastOutcome(team.clone).error.exitCode).toBe(4);
});
