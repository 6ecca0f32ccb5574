import { afterAll, beforeAll, expect, test } from 'vitest';
import { teamTemplate } from '../support/bad-push.js';
import { ciWith, prepareTrainedBranch } from '../support/ci-team.js';
import { pretendGithub } from '../support/github-machine.js';
import { startGithubServer } from '../support/github-server/server.js';
import { openTestMlflow } from '../support/mlflow.js';
import { type MlflowTestServer, startMlflowServer } from '../support/mlflow-server.js';
import { onRemote } from '../support/promoted-models.js';
import { git } from '../support/scratch.js';
import { dataBranches, joinTeam } from '../support/team.js';

let mlflow: MlflowTestServer;
beforeAll(async () => {
  mlflow = await startMlflowServer();
});
afterAll(() => mlflow.close());

const registry = { kind: 'mlflow' } as const;
let branch: string;
const ready = teamTemplate(async (team) => {
  branch = await prepareTrainedBranch(team, { registry, tracking: { uri: mlflow.url } });
});

test('with MLflow as registry, where GitHub squashes when its rules are met: promoted and merged, once', async () => {
  const team = await ready();
  const github = await startGithubServer(team.remote);
  const machine = await joinTeam(team);
  await pretendGithub(team, machine);
  const finish = () => ciWith({ GITHUB_API_URL: github.url, GITHUB_TOKEN: 'ana' }, machine, 'finish', branch);
  const versions = openTestMlflow(mlflow.url, { registry }).registry;
  const main = await git(team.remote, 'rev-parse', 'main');
  try {
    github.state.methods = ['squash'];
    github.state.missing = 'At least 1 approving review is required by reviewers with write access.';
    const waits = await finish();
    expect(waits.facts, waits.stderr).toMatchObject({ outcome: 'waits', version: '1' });
    expect(github.state.autoMerges.at(-1)).toMatchObject({ mergeMethod: 'SQUASH' });
    expect((await versions?.production())?.version).toBe('1');

    github.state.missing = null;
    await github.state.mergeByItself(1, 'squash');
    const finished = await finish();
    expect(finished.exitCode, finished.stderr).toBe(0);
    expect(finished.facts).toMatchObject({ outcome: 'merged', version: '1', production: '1' });
    expect(JSON.parse(await onRemote(team, 'model-metadata.json'))).toMatchObject({ model_version: '1' });
    expect(await git(team.remote, 'log', '-1', '--format=%P', 'main')).toBe(main);
    expect(await dataBranches(team)).toEqual([]);
    expect((await finish()).facts).toMatchObject({ outcome: 'finished-before' });
    expect((await versions?.promotions())?.map(({ version }) => version)).toEqual(['1']);
  } finally {
    await github.close();
  }
});
