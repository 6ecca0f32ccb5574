import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openGitRepository } from '../../src/adapters/git/repository.js';
import type { InitOptions } from '../../src/init/answers.pure.js';
import { runInit } from '../../src/init/init.js';
import { noPrompter } from '../support/no-prompter.js';
import { git, isolatedEnv, makeRepository, writeFiles } from '../support/scratch.js';
import { PACKAGE_ROOT, wms } from '../support/team.js';
import { WORKFLOWS } from '../support/workflow/workflow.js';

const PACKAGE = 'node_modules/wms-hooks';
let repository: string;
let shown: string;

/** husky, which init would set up, changes this process. */
const env = isolatedEnv({ HUSKY: '0' });

beforeEach(async () => {
  shown = '';
  repository = await makeRepository();
  await writeFiles(repository, {
    'package.json': '{}\n',
    '.gitignore': 'node_modules\n',
    [`${PACKAGE}/hooks/pre-push`]: '',
  });
  await cp(join(PACKAGE_ROOT, 'templates/github'), join(repository, PACKAGE, 'templates/github'), {
    recursive: true,
  });
});

interface Given {
  readonly onGithub?: boolean;
  /** What a person answers to every question with yes or no; default: there is nobody. */
  readonly says?: boolean;
}

async function init(options: InitOptions, { onGithub = true, says }: Given = {}) {
  const opened = await openGitRepository({ cwd: repository, env });
  const questions: string[] = [];
  const confirm = async (question: string) => {
    questions.push(question);
    return says as boolean;
  };
  const input = async (_: string, { default: usual = '' } = {}) => usual;
  const result = await runInit({
    git: opened,
    prompter: says === undefined ? noPrompter : { ...noPrompter, available: true, confirm, input },
    options,
    packageRoot: join(repository, PACKAGE),
    env,
    onGithub,
    show: (text) => {
      shown += text;
    },
  });
  return { ...result, questions, workflows: result.files.filter(({ path }) => path.startsWith('.github')) };
}

const file = (name: string) => join(repository, '.github/workflows', name);
const there = () => WORKFLOWS.filter((name) => existsSync(file(name)));
const both = (change: string) => WORKFLOWS.map((name) => ({ path: `.github/workflows/${name}`, change }));
const read = (name: string) => readFile(file(name), 'utf8');

/** The package has another workflow now. */
async function updatePackage(): Promise<void> {
  const template = join(repository, PACKAGE, 'templates/github/wms.yml');
  await writeFile(
    template,
    (await readFile(template, 'utf8')).replace('node-version: 22', 'node-version: 24'),
  );
}

async function changeMine(): Promise<void> {
  await writeFile(
    file('wms.yml'),
    (await read('wms.yml')).replace('timeout-minutes: 60', 'timeout-minutes: 90'),
  );
}

test('on GitHub they are written; again changes nothing', async () => {
  expect((await init({})).workflows).toEqual(both('created'));
  const { files } = await init({});
  expect(files.filter(({ change }) => change !== 'unchanged')).toEqual([]);
});

test('elsewhere they are not, unless somebody says so', async () => {
  expect((await init({}, { onGithub: false, says: true })).questions).toEqual([]);
  expect(there()).toEqual([]);
  expect((await init({ workflows: true }, { onGithub: false })).workflows).toEqual(both('created'));
});

test('a person is asked; who said no is told how to have them later, and whoever says so beforehand is not asked', async () => {
  const { questions } = await init({}, { says: false });
  expect(questions).toHaveLength(1);
  expect(there()).toEqual([]);
  const again = await init({}, { says: true });
  expect(again.questions).toEqual([]);
  expect(again.notes.join()).toContain('npx wms init --workflows');
  expect((await init({ workflows: false }, { says: true })).notes.join()).not.toContain('--workflows');
  expect(there()).toEqual([]);
});

test('an update brings what nobody changed up to date, and asks nothing', async () => {
  await init({});
  await updatePackage();
  expect((await init({})).notes.join()).toContain('npx wms init --update');
  const { workflows, questions } = await init({ update: true }, { says: false });
  expect(questions).toEqual([]);
  expect(workflows.map(({ change }) => change).sort()).toEqual(['changed', 'unchanged']);
  expect(await read('wms.yml')).toContain('node-version: 24');
});

test('what the team changed is replaced only after a yes, with the difference shown', async () => {
  await init({});
  await changeMine();
  expect((await init({ update: true }, { says: true })).questions).toEqual([]);
  await updatePackage();
  const no = await init({ update: true }, { says: false });
  expect(no.questions).toHaveLength(1);
  expect(shown).toContain('-     timeout-minutes: 90\n+     timeout-minutes: 60');
  expect(await read('wms.yml')).toContain('timeout-minutes: 90');
  await init({ update: true }, { says: true });
  expect(await read('wms.yml')).not.toContain('timeout-minutes: 90');
  expect(await read('wms.yml')).toContain('node-version: 24');
});

test('where nobody can be asked, an update of what the team changed is refused, and writes nothing at all', async () => {
  await init({});
  await changeMine();
  await updatePackage();
  const before = await read('wms.yml');
  await writeFile(join(repository, '.dvcignore'), 'mine\n');
  await git(repository, 'add', '--all');
  for (const options of [{ update: true }, { update: true, yes: true, workflows: true, branch: 'trunk' }]) {
    await expect(init(options, options.yes ? { says: true } : {})).rejects.toMatchObject({
      kind: 'init/workflow-changed',
      code: 6,
      message: expect.stringContaining('.github/workflows/wms.yml'),
      next: expect.stringContaining('npx wms init --update'),
    });
  }
  expect(await read('wms.yml')).toBe(before);
  expect(await git(repository, 'diff')).toBe('');
});

test('another protected branch is told, and an update takes it in', async () => {
  await init({});
  expect((await init({ branch: 'trunk' })).notes.join()).toContain('wms-guard.yml');
  await init({ update: true });
  expect(await read('wms-guard.yml')).toContain('branches: ["main", "trunk"]');
});

test('uninstall takes them out, but not one that the team changed', async () => {
  await init({});
  await changeMine();
  expect((await init({ uninstall: true })).notes.join()).toContain('.github/workflows/wms.yml');
  expect(there()).toEqual(['wms.yml']);
  await git(repository, 'rev-parse', '--git-dir');
  await writeFile(
    file('wms.yml'),
    (await read('wms.yml')).replace('timeout-minutes: 90', 'timeout-minutes: 60'),
  );
  await init({ uninstall: true });
  expect(existsSync(join(repository, '.github'))).toBe(false);
});

test('the command finds out by itself that the remote is on GitHub', async () => {
  await git(repository, 'remote', 'add', 'origin', 'git@github.com:team/meters.git');
  const { exitCode, stdout, stderr } = await wms(repository, ['init', '--yes'], { HUSKY: '0' });
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toMatch(/created +\.github\/workflows\/wms\.yml/);
  expect(there()).toEqual([...WORKFLOWS]);
});
