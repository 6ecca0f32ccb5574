import { beforeAll, expect, test } from 'vitest';
import { ci, ciMachine, makeCiTeam, meters, pipeline, publish } from '../support/ci-team.js';
import { modelJson } from '../support/model-commands.js';
import { pairsAt } from '../support/pairs-at.js';
import { onRemote } from '../support/promoted-models.js';
import { rawFilesOnRemote } from '../support/remote-view.js';
import { commitFiles, git } from '../support/scratch.js';
import { dataBranches, joinTeam, makeTeam, push, type Team, wms } from '../support/team.js';

const FIRST = 25;
const GOOD = 24;
const BAD = 10;

let team: Team;

beforeAll(async () => {
  team = await makeCiTeam({}, { keep: true });
});

const metadata = async () => JSON.parse(await onRemote(team, 'model-metadata.json'));
const numberOfPairs = async () => (await pairsAt(team, 'main')).length;

/** A teammate pushes pairs together with the weights that training on them comes to. */
async function pushPairs(first: number, count: number, weights: string): Promise<string> {
  const clone = await joinTeam(team);
  await commitFiles(clone, { 'weights/current': weights }, `weights: ${weights}`);
  return publish(team, clone, await meters(first, first + count - 1));
}

test('a team’s first months: first training, good data, bad data', async () => {
  // First training: 0 + 25.
  const first = await pipeline(await ciMachine(team, await pushPairs(1, FIRST, 'weak')));
  expect(first.exitCode, first.stderr).toBe(0);
  expect(await dataBranches(team)).toEqual([]);
  expect(await numberOfPairs()).toBe(FIRST);
  expect(await metadata()).toMatchObject({
    model_version: '1',
    baseline: null,
    training_data_count: FIRST,
    gate: { decision: 'first' },
  });

  // Good data: 25 + 24 = 49.
  const good = await pipeline(await ciMachine(team, await pushPairs(FIRST + 1, GOOD, 'good')));
  expect(good.exitCode, good.stderr).toBe(0);
  expect(good.stderr).toContain(`Existing: ${FIRST}, New: ${GOOD}, Replaced: 0, Total: ${FIRST + GOOD}`);
  expect(await dataBranches(team)).toEqual([]);
  expect(await numberOfPairs()).toBe(FIRST + GOOD);
  const better = await metadata();
  expect(better).toMatchObject({ model_version: '2', training_data_count: FIRST + GOOD });
  expect(better.metrics.dice).toBeGreaterThan(better.baseline.dice);
  expect(better.metrics.iou).toBeGreaterThan(better.baseline.iou);

  // Bad data: 49 + 10, worse.
  const main = await git(team.remote, 'rev-parse', 'main');
  const branch = await pushPairs(FIRST + GOOD + 1, BAD, 'bad');
  const machine = await ciMachine(team, branch);
  for (const attempt of ['blocked', 'blocked again']) {
    const bad = await pipeline(machine);
    expect(bad.exitCode, `${attempt}\n${bad.stderr}`).toBe(10);
    expect(bad.stderr).toContain(`Blocked: ${branch} is not merged. Production is what it was.`);
  }
  const said = (path: string) => git(team.remote, 'show', `refs/wms/pr/${branch}:${path}`);
  expect(await said('body.md')).toContain(`| ${FIRST + GOOD} | ${BAD} | 0 | 0 | 0 | ${FIRST + GOOD + BAD} |`);
  expect(await git(team.remote, 'ls-tree', '-r', '--name-only', `refs/wms/pr/${branch}`, 'comments/')).toBe(
    'comments/gate.md',
  );
  expect(await said('comments/gate.md')).toContain('❌');
  expect(await said('comments/gate.md')).toContain(`refs/wms/pictures/${branch} && git show`);
  const pictures = await git(team.remote, 'ls-tree', '--name-only', `refs/wms/pictures/${branch}`);
  expect(pictures).toMatch(/^1\.jpg/);
  const tip = await git(team.remote, 'rev-parse', branch);
  const status = await git(team.remote, 'show', `refs/wms/status/${tip}:wms/gate.json`);
  expect(JSON.parse(status)).toMatchObject({ state: 'failure' });
  expect(await git(team.remote, 'rev-parse', 'main')).toBe(main);
  expect(await dataBranches(team)).toEqual([branch]);
  expect((await modelJson(machine, 'baseline')).production.version).toBe('2');
  expect(await metadata()).toEqual(better);

  // What was merged comes to the clone of whoever pushed, and raw files never came to main.
  const clone = await joinTeam(team);
  expect((await wms(clone, ['data', 'verify', 'origin/main', '--deep'])).exitCode).toBe(0);
  expect(await rawFilesOnRemote(team)).toEqual([]);
});

test('two data branches at once: both are trained, none is lost, the second is merged onto the first', async () => {
  const own = await makeCiTeam();
  const [one, two] = [await joinTeam(own), await joinTeam(own)];
  await commitFiles(two, { 'weights/current': 'good' }, 'weights: good');
  const first = await publish(own, one, await meters(10, 20));
  const second = await publish(own, two, await meters(50, 62));
  const [left, right] = [await ciMachine(own, first), await ciMachine(own, second)];
  const [trained, alsoTrained] = await Promise.all([ci(left, 'train'), ci(right, 'train')]);
  expect([trained.exitCode, alsoTrained.exitCode], alsoTrained.stderr).toEqual([0, 0]);
  const decided = [await ci(left, 'decide'), await ci(right, 'decide')];
  expect(decided.map(({ facts }) => facts.decision)).toEqual(['first', 'first']);

  const finished = await ci(left, 'finish');
  expect(finished.exitCode, finished.stderr).toBe(0);
  // Production is another now: it is decided again, against the first branch's model.
  const last = await ci(right, 'finish');
  expect(last.exitCode, last.stderr).toBe(0);
  expect(last.facts.verdict).toMatchObject({
    decision: 'better',
    baseline: { version: finished.facts.version },
  });
  expect(await pairsAt(own, 'main')).toHaveLength(11 + 13);
  expect(await dataBranches(own)).toEqual([]);
  expect(JSON.parse(await onRemote(own, 'model-metadata.json')).model_version).toBe(last.facts.version);
  expect((await ci(right, 'finish')).facts).toMatchObject({ outcome: 'finished-before' });

  // Somebody goes on with a branch that was finished: that is not merged without training.
  await commitFiles(right, { 'notes.txt': 'later' });
  await git(right, 'push', '--quiet', 'origin', second);
  const later = await ci(right, 'finish');
  expect(later.exitCode).toBe(6);
  expect(later.stderr).toContain('has commits that version');
});

test('credentials missing: the push is stopped and says so, and so is a job', async () => {
  const dvcConfig = `[core]\n    remote = storage\n['remote "storage"']\n    url = s3://wms-test/dvc\n`;
  const own = await makeTeam({ dvcConfig });
  const nowhere = {
    AWS_CONFIG_FILE: '/nonexistent/config',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/credentials',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  await commitFiles(own.clone, await meters(1, 1));
  const main = await git(own.remote, 'rev-parse', 'main');
  const pushed = await push(own.clone, [], nowhere);
  expect(pushed.exitCode).toBe(1);
  expect(pushed.stderr).toMatch(/credentials/i);
  expect(pushed.stderr).toContain('wms login');
  expect(await git(own.remote, 'for-each-ref', '--format=%(refname) %(objectname)')).toBe(
    `refs/heads/main ${main}`,
  );

  const { clone } = own;
  await git(clone, 'push', '--quiet', '--no-verify', 'origin', `${main}:refs/heads/data/20260101-000000`);
  for (const job of ['check', 'decide']) {
    const ran = await wms(clone, ['ci', job, 'data/20260101-000000'], nowhere);
    expect(ran.stderr).toContain('wms login');
    expect(ran.exitCode, ran.stderr).toBe(4);
  }
});
