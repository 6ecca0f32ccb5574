import { afterAll, beforeAll, expect, test } from 'vitest';
import { ci, ciMachine, makeCiTeam, meters, pipeline, publish } from '../support/ci-team.js';
import { openTestMlflow } from '../support/mlflow.js';
import { type MlflowProcess, startMlflow } from '../support/mlflow-process.js';
import { pairsAt } from '../support/pairs-at.js';
import { onRemote } from '../support/promoted-models.js';
import { commitFiles, git } from '../support/scratch.js';
import { dataBranches, joinTeam, type Team } from '../support/team.js';

let server: MlflowProcess;
let team: Team;

beforeAll(async () => {
  server = await startMlflow();
  const settings = { registry: { kind: 'mlflow' }, tracking: { uri: server.url } };
  team = await makeCiTeam(settings, { keep: true });
});
afterAll(() => server?.stop());

const metadata = async () => JSON.parse(await onRemote(team, 'model-metadata.json'));

async function pushPairs(first: number, last: number, weights: string): Promise<string> {
  const clone = await joinTeam(team);
  await commitFiles(clone, { 'weights/current': weights }, `weights: ${weights}`);
  return publish(team, clone, await meters(first, last));
}

test('with MLflow as registry: first training, good data, bad data', async () => {
  const { registry } = openTestMlflow(server.url, { registry: { kind: 'mlflow' } });
  const first = await pipeline(await ciMachine(team, await pushPairs(1, 25, 'weak')));
  expect(first.exitCode, first.stderr).toBe(0);
  expect((await registry?.production())?.version).toBe('1');
  expect(await metadata()).toMatchObject({ model_version: '1', training_data_count: 25 });

  const good = await pipeline(await ciMachine(team, await pushPairs(26, 49, 'good')));
  expect(good.exitCode, good.stderr).toBe(0);
  const better = await metadata();
  expect(better).toMatchObject({ model_version: '2', training_data_count: 49 });
  expect(better.run_id).not.toBeNull();
  expect(await pairsAt(team, 'main')).toHaveLength(49);
  expect(await dataBranches(team)).toEqual([]);

  const main = await git(team.remote, 'rev-parse', 'main');
  const branch = await pushPairs(50, 59, 'bad');
  const bad = await pipeline(await ciMachine(team, branch));
  expect(bad.exitCode, bad.stderr).toBe(10);
  expect((await registry?.production())?.version).toBe('2');
  expect(await git(team.remote, 'rev-parse', 'main')).toBe(main);
});

test('a server that is gone blocks, and nothing is promoted', async () => {
  const branch = await pushPairs(60, 62, 'good');
  const machine = await ciMachine(team, branch);
  const main = await git(team.remote, 'rev-parse', 'main');
  expect((await ci(machine, 'train')).exitCode).toBe(0);
  await server.stop();
  const { exitCode, stderr } = await ci(machine, 'finish');
  expect(exitCode, stderr).toBe(5);
  expect(await git(team.remote, 'rev-parse', 'main')).toBe(main);
});
