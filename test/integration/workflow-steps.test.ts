import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeDirectory } from '../support/scratch.js';
import { type Machine, runJob } from '../support/workflow/run-job.js';
import { type Job, readWorkflow } from '../support/workflow/workflow.js';

const { jobs } = readWorkflow('wms.yml');
const { guard } = readWorkflow('wms-guard.yml').jobs as { guard: Job };
const RESULTS = { check: { result: 'failure', outputs: {} } };

/** Notes its words, one a line; `FAILS` is a pattern of those that it ends with 7 for. */
const RECORDER = `#!/bin/bash
{ printf '%s' "$(basename "$0")"; printf '\\x1f%s' "$@"; printf '\\x1e'; } >>"$CALLS"
[[ "$(basename "$0") $*" =~ \${FAILS:-^$} ]] && exit 7
exit 0
`;

async function makeMachine(
  branch: string,
  {
    vars = {},
    secrets = {},
    env = {},
  }: { vars?: object; secrets?: object; env?: Record<string, string> } = {},
) {
  const [workspace, programs, place] = [makeDirectory(), makeDirectory(), makeDirectory()];
  for (const name of ['npx', 'npm', 'python', 'gh']) {
    await writeFile(join(programs, name), RECORDER);
    await chmod(join(programs, name), 0o755);
  }
  const calls = join(place, 'calls');
  await writeFile(calls, '');
  const actions: [string, Record<string, string>][] = [];
  const machine: Machine = {
    workspace,
    programs,
    contexts: {
      github: {
        ref: `refs/heads/${branch}`,
        ref_name: branch,
        token: 'ghs_token',
        run_id: '42',
        repository: 'team/meters',
        server_url: 'https://github.com',
        event: {
          repository: { default_branch: 'main' },
          pull_request: { head: { repo: { full_name: 'team/meters' } } },
        },
      },
      vars,
      secrets,
      needs: RESULTS,
    },
    files: ['requirements.txt'],
    env: { CALLS: calls, ...env },
    uses: async (action, inputs) => void actions.push([action, { ...inputs }]),
  };
  const called = async () =>
    (await readFile(calls, 'utf8'))
      .split('\x1e')
      .filter((call) => call !== '')
      .map((call) => call.split('\x1f'));
  return { machine, called, actions };
}

const wms = (...words: string[]) => ['npx', '--no', 'wms', 'ci', ...words];
const EXPECTED: Readonly<Record<string, (branch: string) => string[][]>> = {
  check: (branch) => [wms('ingest', branch), wms('check', branch)],
  pr: (branch) => [wms('pr', branch), wms('rebase', branch)],
  train: () => [['python', '-m', 'pip', 'install', '-r', 'requirements.txt'], wms('train')],
  session: (branch) => [wms('session', branch)],
  decide: (branch) => [wms('decide', branch)],
  finish: (branch) => [wms('finish', branch)],
  stop: (branch) => [wms('stop', branch)],
  report: (branch) => [wms('fail-report', branch, '--results', JSON.stringify(RESULTS, null, 2))],
};

test('every job of the workflow is looked at here', () => {
  expect(Object.keys(jobs).sort()).toEqual(Object.keys(EXPECTED).sort());
});

describe.each([
  'data/20261121-101500',
  'data/$(id>pwned)',
  'data/`id>pwned`',
  "data/';id>pwned;'",
  'data/";id>pwned;"',
  'data/x&&id>pwned',
  // Git takes none of these two, but who knows what will.
  'data/x\ntouch pwned\n',
  'data/x touch pwned',
])('on the branch %j', (branch) => {
  test.each(Object.keys(jobs))('%s hands it on as one word, and nothing else runs', async (name) => {
    const { machine, called } = await makeMachine(branch);
    const { status, steps } = await runJob(jobs[name] as Job, machine);
    expect(status, JSON.stringify(steps)).toBe('success');
    expect(await called()).toEqual([['npm', 'ci', '--ignore-scripts'], ...(EXPECTED[name]?.(branch) ?? [])]);
    expect(await readdir(machine.workspace)).toEqual([]);
  });
});

test('the guard looks at what is checked out', async () => {
  const { machine, called, actions } = await makeMachine('data/20261121-101500');
  expect((await runJob(guard, machine)).status).toBe('success');
  expect(await called()).toEqual([['npm', 'ci', '--ignore-scripts'], wms('guard')]);
  expect(actions.map(([action]) => action)).toEqual(['actions/checkout', 'actions/setup-node']);
});

test('a command that fails ends its job, and none after it runs', async () => {
  const cases = [
    ['check', 'npm ci'],
    ['check', 'ci ingest'],
    ['pr', 'ci pr'],
    ['train', 'pip install'],
  ] as const;
  for (const [job, fails] of cases) {
    const { machine, called } = await makeMachine('data/20261121-101500', { env: { FAILS: fails } });
    expect((await runJob(jobs[job] as Job, machine)).status).toBe('failure');
    expect((await called()).at(-1)?.join(' ')).toContain(fails);
  }
});

test('where wms cannot be installed, the pull request and the page of the run tell that a job failed', async () => {
  const { machine, called } = await makeMachine('data/20261121-101500', { env: { FAILS: 'npm ci' } });
  const env = { ...machine.env, GITHUB_REPOSITORY: 'team/meters' } as Record<string, string>;
  const { summary, steps } = await runJob(jobs.report as Job, { ...machine, env });
  const text = expect.stringContaining('https://github.com/team/meters/actions/runs/42');
  expect((await called()).at(-1)).toEqual([
    'gh',
    'pr',
    'comment',
    'data/20261121-101500',
    '--repo',
    'team/meters',
    '--body',
    text,
  ]);
  expect(summary).toEqual(text);
  expect(steps.filter(({ status }) => status === 'failure').map(({ step }) => step)).toEqual(['Install']);
});

describe('credentials', () => {
  const AWS = 'aws-actions/configure-aws-credentials';
  const KEYS = { AWS_ACCESS_KEY_ID: 'ASIA', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' };
  const taken = async (job: Job, given: { vars?: object; secrets?: object }, ours = true) => {
    const { machine, actions } = await makeMachine('data/20261121-101500', given);
    const head = { repo: { full_name: ours ? 'team/meters' : 'stranger/meters' } };
    const github = {
      ...(machine.contexts.github as object),
      event: { pull_request: { head }, repository: {} },
    };
    await runJob(job, { ...machine, contexts: { ...machine.contexts, github } });
    return actions.filter(([action]) => action === AWS).map(([, inputs]) => inputs);
  };

  test.each(Object.keys(jobs))('%s takes a role, else keys, else what its machine has', async (name) => {
    const job = jobs[name] as Job;
    const role = { 'role-to-assume': 'arn:aws:iam::1:role/wms', 'aws-region': 'us-west-2' };
    const vars = { WMS_AWS_ROLE: role['role-to-assume'], WMS_AWS_REGION: 'us-west-2' };
    expect(await taken(job, { vars, secrets: KEYS })).toEqual([{ ...role, 'role-duration-seconds': '3600' }]);
    expect(await taken(job, { secrets: KEYS })).toEqual([
      {
        'aws-access-key-id': 'ASIA',
        'aws-secret-access-key': 'secret',
        'aws-session-token': 'token',
        'aws-region': 'us-east-1',
      },
    ]);
    expect(await taken(job, {})).toEqual([]);
  });

  test('the guard of a pull request from a fork asks for no role', async () => {
    const vars = { WMS_AWS_GUARD_ROLE: 'arn:aws:iam::1:role/wms-read' };
    expect(await taken(guard, { vars })).toHaveLength(1);
    expect(await taken(guard, { vars }, false)).toEqual([]);
  });
});

test('training gets Python and its packages where the repository lists some, unless its machine has them', async () => {
  const python = async (vars: object, files: string[]) => {
    const { machine, actions, called } = await makeMachine('data/20261121-101500', { vars });
    await runJob(jobs.train as Job, { ...machine, files });
    const versions = actions.flatMap(([action, inputs]) =>
      action === 'actions/setup-python' ? [inputs['python-version']] : [],
    );
    return [
      versions,
      (await called()).flatMap(([program, ...words]) => (program === 'python' ? [words.at(-1)] : [])),
    ];
  };
  expect(await python({}, [])).toEqual([[], []]);
  expect(await python({}, ['requirements.txt'])).toEqual([['3.12'], ['requirements.txt']]);
  const mine = { WMS_REQUIREMENTS: 'train/needs 1.txt', WMS_PYTHON: '3.11' };
  expect(await python(mine, ['train/needs 1.txt'])).toEqual([['3.11'], ['train/needs 1.txt']]);
  expect(await python({ WMS_PYTHON: 'installed' }, ['requirements.txt'])).toEqual([[], ['requirements.txt']]);
});
