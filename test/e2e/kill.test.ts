import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseManifest } from '../../src/dataset/manifest.js';
import { parsePointer } from '../../src/dataset/pointer.js';
import { seededRandom } from '../../src/seeded-random.pure.js';
import { IMAGES, lastOutcome, MASKS, teamTemplate } from '../support/bad-push.js';
import { cloneState, filesBelow } from '../support/clone-state.js';
import {
  afterPushing,
  afterStored,
  afterTime,
  journalOf,
  leftovers,
  type Moment,
} from '../support/kill-moments.js';
import { keepServerAlive, pushAndKill } from '../support/killed-push.js';
import { pairFiles } from '../support/pictures.js';
import { branchInMessage, onlyDataBranch, rawFilesOnRemote } from '../support/remote-view.js';
import { type S3Server, startS3Server, TEST_KEYS } from '../support/s3-server.js';
import { commitFiles, git, writeFiles } from '../support/scratch.js';
import { push, type Team } from '../support/team.js';

const KILLS = 50;
/** Kills of one publish, one after the other, before it may run to its end. */
const KILLS_IN_A_ROW = 3;
const SEEDS = Array.from({ length: 12 }, (_, index) => 10 + index);
const PREFIX = 'team/dvc';

const copyTeam = teamTemplate(async ({ clone }) => {
  await keepServerAlive(clone);
  await rm(join(clone, '.git/wms'), { recursive: true });
  await commitFiles(clone, { ...(await pairFiles(SEEDS)), 'train.py': 'epochs = 3\n' }, 'twelve photos');
});

/** Where the objects of a team are, for both kinds of store. */
interface Backend {
  attach(team: Team): Promise<void>;
  /** Every object by its key below the prefix. */
  objects(team: Team): Map<string, Buffer>;
  /** Called after a kill, with what the journal says is stored. */
  killed(stored: ReadonlySet<string>): void;
  /** Called at the end of a publish. */
  finished(): void;
}

const directory: Backend = {
  attach: async () => undefined,
  objects: ({ store }) => {
    const root = join(store, 'files/md5');
    return new Map(Object.keys(filesBelow(root)).map((name) => [name, readFileSync(join(root, name))]));
  },
  killed: () => undefined,
  finished: () => undefined,
};

/** Also watches that no body is sent for an object that was confirmed before. */
function s3(server: S3Server): Backend {
  let confirmed = new Map<string, number>();
  return {
    async attach(team) {
      const objects = server.objects();
      objects.clear();
      server.log.length = 0;
      confirmed = new Map();
      for (const [name, bytes] of directory.objects(team)) objects.set(`${PREFIX}/files/md5/${name}`, bytes);
      const lines = [
        `['remote "storage"']`,
        `    url = s3://wms-test/${PREFIX}`,
        `    endpointurl = ${server.url}`,
        `    access_key_id = ${TEST_KEYS.accessKeyId}`,
        `    secret_access_key = ${TEST_KEYS.secretAccessKey}`,
      ];
      await writeFiles(team.clone, { '.dvc/config.local': `${lines.join('\n')}\n` });
    },
    objects: () =>
      new Map(
        [...server.objects()]
          .filter(([key]) => key.startsWith(`${PREFIX}/files/md5/`))
          .map(([key, bytes]) => [key.slice(`${PREFIX}/files/md5/`.length), bytes]),
      ),
    killed(stored) {
      for (const id of stored) if (!confirmed.has(id)) confirmed.set(id, server.log.length);
    },
    finished() {
      const again = server.log.filter(({ operation, key }, at) => {
        const id = key.slice(`${PREFIX}/files/md5/`.length).replace('/', '');
        return operation === 'PutObject' && at >= (confirmed.get(id) ?? Number.POSITIVE_INFINITY);
      });
      expect(again, 'uploads of what was confirmed before').toEqual([]);
      expect(server.count('ListObjectsV2')).toBe(0);
    },
  };
}

async function prepare(backend: Backend): Promise<Team> {
  const team = await copyTeam();
  await backend.attach(team);
  return team;
}

function drawMoments(count: number, duration: number, seed: number): Moment[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const kind = random();
    if (kind < 0.4) return afterTime(random() * duration);
    return kind < 0.75
      ? afterStored(1 + Math.floor(random() * 2 * SEEDS.length))
      : afterPushing(random() * 60);
  });
}

async function pointers(team: Team, branch: string): Promise<string[]> {
  return Promise.all([IMAGES, MASKS].map((path) => git(team.remote, 'show', `${branch}:${path}.dvc`)));
}

/** Everything that the pointers of `branch` name is in the store with the right bytes. */
function expectComplete(texts: readonly string[], objects: ReadonlyMap<string, Buffer>): void {
  const bytesOf = (id: string) => {
    const bytes = objects.get(`${id.slice(0, 2)}/${id.slice(2)}`);
    if (bytes === undefined) throw new Error(`the store has no object ${id}`);
    return bytes;
  };
  for (const text of texts) {
    const { id } = parsePointer(text, 'pointer');
    const manifest = parseManifest(bytesOf(id), id, 'store');
    expect(manifest).toHaveLength(1 + SEEDS.length);
    for (const { md5 } of manifest) bytesOf(md5);
  }
  for (const [name, bytes] of objects) {
    const md5 = createHash('md5').update(bytes).digest('hex');
    expect(name.replace('/', '').slice(0, 32), 'no object is half written').toBe(md5);
  }
}

/** Publishes killed at moments spread over the time that an unkilled one takes. */
async function killMany(backend: Backend, kills: number, seed: number): Promise<void> {
  const reference = await prepare(backend);
  const start = performance.now();
  await push(reference.clone);
  const duration = performance.now() - start;
  const wanted = await pointers(reference, await onlyDataBranch(reference));
  expectComplete(wanted, backend.objects(reference));

  const moments = drawMoments(3 * kills, duration, seed);
  let killed = 0;
  let missed = 0;
  while (killed < kills) {
    expect(missed, 'publishes that ended before they could be killed').toBeLessThan(2 * kills);
    const team = await prepare(backend);
    const before = { clone: await cloneState(team.clone), main: await git(team.remote, 'rev-parse', 'main') };
    const story: string[] = [];
    for (let row = 0; row < KILLS_IN_A_ROW && killed < kills; row += 1) {
      const moment = moments[killed + missed]!;
      const hit = await pushAndKill(team.clone, moment.start(team.clone));
      story.push(`${hit ? 'killed' : 'not killed'} ${moment.name}`);
      backend.killed(journalOf(team.clone).stored);
      if (hit) killed += 1;
      else missed += 1;
      if (!hit) break;
    }
    const { stderr } = await push(team.clone);
    const context = `${story.join(', ')}\n${stderr}`;
    expect(stderr, context).toMatch(/^Published/m);
    expect(lastOutcome(team.clone).outcome, context).toMatch(/^published/);
    const branch = await onlyDataBranch(team);
    const texts = await pointers(team, branch);
    expect(texts, context).toEqual(wanted);
    expectComplete(texts, backend.objects(team));
    backend.finished();
    expect(await git(team.remote, 'log', '--format=%s', `main..${branch}`)).toBe(
      'data: add 12 pairs (13 in total)\ntwelve photos',
    );
    expect(await branchInMessage(team, branch)).toBe(branch);
    expect(await rawFilesOnRemote(team)).toEqual([]);
    expect(await git(team.remote, 'rev-parse', 'main')).toBe(before.main);
    expect(await cloneState(team.clone)).toEqual(before.clone);
    expect(leftovers(team.clone), context).toEqual([]);
  }
}

describe('killed with SIGKILL at any moment, and run again, a publish ends the same', () => {
  test(`directory store, ${KILLS} kills`, () => killMany(directory, KILLS, 1), 600_000);

  test('S3, 25 kills: and nothing that was confirmed is sent again', async () => {
    const server = await startS3Server();
    onTestFinished(() => server.close());
    await killMany(s3(server), 25, 2);
  }, 600_000);
});
