import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeCiTeam, meters, publish } from '../support/ci-team.js';
import { pretendGithub } from '../support/github-machine.js';
import { type GithubTestServer, startGithubServer } from '../support/github-server/server.js';
import { git, makeDirectory } from '../support/scratch.js';
import { PACKAGE_ROOT, type Team } from '../support/team.js';
import { runs, type Status } from '../support/workflow/expressions.js';
import { type JobResult, runJob } from '../support/workflow/run-job.js';
import { needsOf, readWorkflow } from '../support/workflow/workflow.js';

const { jobs } = readWorkflow('wms.yml');
/** Runs the package of this checkout. */
const NPX = `#!/bin/sh\n[ "$1 $2" = "--no wms" ] || exit 99\nshift 2\nexec ${process.execPath} ${join(PACKAGE_ROOT, 'bin/wms.js')} "$@"\n`;

let team: Team;
let server: GithubTestServer;
let programs: string;

beforeAll(async () => {
  team = await makeCiTeam({}, { keep: true });
  server = await startGithubServer(team.remote);
  programs = makeDirectory({ keep: true });
  const npm = '#!/bin/sh\ntest "$JOB" != "$BROKEN"\n';
  for (const [name, text] of Object.entries({ npx: NPX, npm })) {
    await writeFile(join(programs, name), text);
    await chmod(join(programs, name), 0o755);
  }
});

afterAll(() => server.close());

/** A run of the workflow: each job on a machine of its own. `broken`: the job in which npm fails. */
async function runWorkflow(branch: string, runId: string, broken = 'none') {
  const results: Record<string, Status> = {};
  const told: Record<string, JobResult> = {};
  for (const [name, job] of Object.entries(jobs)) {
    const needs = Object.fromEntries(
      needsOf(job).map((need) => [need, { result: results[need], outputs: {} }]),
    );
    const before = needsOf(job).map((need) => results[need] as Status);
    if (!runs(job.if, { contexts: { needs }, before })) {
      results[name] = 'skipped';
      continue;
    }
    const result = await runJob(job, await machineFor(name, branch, runId, broken, needs));
    results[name] = result.status;
    told[name] = result;
  }
  const output = (job: string) => told[job]?.steps.map((step) => step.output).join('\n') ?? '';
  return { results, told, output };
}

async function machineFor(job: string, branch: string, runId: string, broken: string, needs: object) {
  const workspace = join(makeDirectory(), 'meters');
  const github = {
    ref: `refs/heads/${branch}`,
    ref_name: branch,
    token: 'ana',
    run_id: runId,
    repository: 'team/meters',
    server_url: 'https://github.com',
    event: { repository: { default_branch: 'main' } },
  };
  return {
    workspace,
    programs,
    contexts: { github, needs, vars: {}, secrets: {} },
    env: {
      GITHUB_API_URL: server.url,
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'team/meters',
      GITHUB_RUN_ID: runId,
      JOB: job,
      BROKEN: broken,
    },
    async uses(action: string, inputs: Readonly<Record<string, string>>) {
      if (action === 'actions/checkout') await checkOut(workspace, inputs.ref as string);
    },
  };
}

async function checkOut(workspace: string, ref: string): Promise<void> {
  await git(
    makeDirectory(),
    'clone',
    '--quiet',
    '--branch',
    ref.replace('refs/heads/', ''),
    team.remote,
    workspace,
  );
  await mkdir(join(workspace, 'node_modules'));
  await symlink(PACKAGE_ROOT, join(workspace, 'node_modules/wms-hooks'));
  await pretendGithub(team, workspace);
}

const branches = () => git(team.remote, 'branch', '--list', '--format=%(refname:short)', 'data/*');
const jobComments = () => server.state.comments.filter(({ body }) => body.includes('wms:jobs'));

test('a first push is merged with its model; nothing is reported', async () => {
  const branch = await publish(team, team.clone, await meters(1, 25));
  const { results, told, output } = await runWorkflow(branch, '1');
  expect(results, Object.keys(told).map(output).join('\n')).toEqual({
    check: 'success',
    pr: 'success',
    session: 'success',
    train: 'success',
    decide: 'success',
    finish: 'success',
    stop: 'success',
    report: 'skipped',
  });
  expect(await git(team.remote, 'show', 'main:model-metadata.json')).toContain('/actions/runs/1');
  expect(await branches()).toBe('');
});

test('a worse model ends the run with the verdict, which is not told as a failure once more', async () => {
  await git(team.clone, 'pull', '--quiet', '--rebase', 'origin', 'main').catch(() => undefined);
  const branch = await publish(team, team.clone, { ...(await meters(26, 30)), 'weights/current': 'bad' });
  const main = await git(team.remote, 'rev-parse', 'main');
  const { results, told, output } = await runWorkflow(branch, '2');
  expect(results, Object.keys(told).map(output).join('\n')).toEqual({
    check: 'success',
    pr: 'success',
    session: 'success',
    train: 'success',
    decide: 'failure',
    finish: 'skipped',
    stop: 'success',
    report: 'success',
  });
  expect(output('session')).toContain('No session is wanted');
  expect(output('stop')).toContain('No session is open.');
  expect(output('report')).toContain('The job decide has said why it failed.');
  expect(jobComments()).toEqual([]);
  expect(await git(team.remote, 'rev-parse', 'main')).toBe(main);
});

test('a job that fails outside of wms is told in the pull request, with its run', async () => {
  const [branch = ''] = (await branches()).split('\n');
  const { results, told, output } = await runWorkflow(branch, '3', 'train');
  expect(results.train).toBe('failure');
  expect(results.decide).toBe('skipped');
  expect(output('report')).toContain('The job train failed');
  expect(told.report?.summary).toContain('<code>train</code> failed');
  expect(jobComments()).toHaveLength(1);
  expect(jobComments()[0]?.body).toContain('/actions/runs/3/attempts/1');
  await runWorkflow(branch, '4', 'train');
  expect(jobComments()).toHaveLength(1);
});
