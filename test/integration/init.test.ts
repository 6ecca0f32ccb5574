import { chmod, mkdir, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGitRepository } from '../../src/adapters/git/repository.js';
import { readDvcRemote } from '../../src/config/dvc-remote.js';
import type { InitOptions } from '../../src/init/answers.pure.js';
import { runInit } from '../../src/init/init.js';
import type { Prompter } from '../../src/ports/prompter.js';
import {
  commitFiles,
  git,
  isolatedEnv,
  makeDirectory,
  makeRemote,
  makeRepository,
  tryGit,
  writeFiles,
} from '../support/scratch.js';

const PACKAGE = 'node_modules/wms-hooks';
const HUSKY = fileURLToPath(new URL('bin.js', import.meta.resolve('husky')));
const HOOK = `${PACKAGE}/hooks/pre-push`;
/** Notes what it was given and ends as the test wants. */
const STUB = `#!/bin/sh
{ echo "args: $*"; cat; } >>"$(git rev-parse --git-common-dir)/stub.log"
exit \${STUB_EXIT:-0}
`;
/** Somebody else's hook, below ours. */
const OTHERS = `{ echo "args: $*"; cat; } >>"$(git rev-parse --git-common-dir)/others.log"\n`;

// husky, which works on process.env, must see the isolated home.
const environment = { ...process.env };
beforeAll(() => {
  const isolated = isolatedEnv();
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, isolated);
});
afterAll(() => {
  Object.assign(process.env, environment);
});

const nobody = { available: false } as Prompter;

async function init(
  cwd: string,
  options: InitOptions = { yes: true },
  { prompter = nobody, env = isolatedEnv() } = {},
) {
  const repository = await openGitRepository({ cwd, env });
  return runInit({
    git: repository,
    prompter,
    options,
    packageRoot: join(repository.topLevel, PACKAGE),
    env,
    onGithub: false,
    show: () => undefined,
  });
}

/** A repository in which the package is installed. */
async function team(
  files: Record<string, string> = { 'package.json': '{\n  "name": "meters"\n}\n' },
): Promise<string> {
  const repository = await makeRepository();
  await writeFiles(repository, { '.gitignore': 'node_modules\n', [HOOK]: STUB });
  await commitFiles(repository, files, 'first');
  return repository;
}

/** Every file below a directory with mode and content, except what Git changes by itself. */
async function snapshot(root: string, directory = root): Promise<Record<string, string>> {
  const entries = await readdir(directory, { withFileTypes: true });
  const lists = await Promise.all(
    entries.map(async (entry): Promise<[string, string][]> => {
      const path = join(directory, entry.name);
      const name = relative(root, path);
      if (entry.isDirectory()) {
        if (/^\.git\/(?!hooks)/.test(name) || name === 'node_modules') return [];
        return [[`${name}/`, ''], ...Object.entries(await snapshot(root, path))];
      }
      if (/^\.git\/(?!hooks|config$)/.test(name)) return [];
      return [[name, `${((await stat(path)).mode & 0o777).toString(8)} ${await readFile(path, 'latin1')}`]];
    }),
  );
  return Object.fromEntries(lists.flat());
}

/** What uninstall leaves on purpose must be there, and is of no further interest. */
function withoutSettings(files: Record<string, string>): Record<string, string> {
  const settings = ['.dvc/', '.dvc/.gitignore', '.dvc/config', '.dvcignore', 'wms.config.json'];
  expect(Object.keys(files)).toEqual(expect.arrayContaining(settings));
  return Object.fromEntries(Object.entries(files).filter(([name]) => !settings.includes(name)));
}

const read = (root: string, name: string) => readFile(join(root, name), 'utf8');
const log = (root: string, name: string) => read(root, `.git/${name}`).catch(() => null);

async function withRemote(repository: string): Promise<string> {
  const remote = await makeRemote();
  await git(repository, 'remote', 'add', 'origin', remote);
  return remote;
}

describe('a repository without hooks', () => {
  it('is set up with defaults', async () => {
    const repository = await team();
    const result = await init(repository);
    expect(result).toMatchObject({
      action: 'init',
      changed: true,
      hook: { manager: 'husky', file: '.husky/pre-push', placed: true, active: true },
      store: { directory: join(repository, '../meters-store') },
      notes: [],
    });
    expect(result.files).toEqual([
      { path: '.dvcignore', change: 'created' },
      { path: '.dvc/.gitignore', change: 'created' },
      { path: '.dvc/config', change: 'created' },
      { path: 'wms.config.json', change: 'created' },
      { path: '.gitattributes', change: 'created' },
      { path: '.husky/pre-push', change: 'created' },
      { path: 'package.json', change: 'extended' },
    ]);
    expect(JSON.parse(await read(repository, 'wms.config.json'))).toEqual({
      $schema: './node_modules/wms-hooks/schema/wms.config.schema.json',
      dataset: { images: 'data/training/images', masks: 'data/training/masks' },
      protectedBranches: ['main'],
      model: { path: 'models/production.onnx' },
    });
    expect(await git(repository, 'config', 'core.hooksPath')).toBe('.husky/_');
    const remote = await readDvcRemote({
      topLevel: repository,
      env: isolatedEnv(),
      homedir: makeDirectory(),
    });
    expect(remote).toMatchObject({ kind: 'directory', path: join(repository, '../meters-store') });
  });

  it('has Git merge the pointers with our driver', async () => {
    const repository = await team();
    await writeFiles(repository, { '.gitattributes': '*.dvc merge=dvc\n*.png binary' });
    const before = await read(repository, '.gitattributes');
    await init(repository, { yes: true, images: 'data/my photos' });
    expect(await read(repository, '.gitattributes')).toBe(
      `${before}\n"data/my photos.dvc" merge=wms\ndata/training/masks.dvc merge=wms\n`,
    );
    const attribute = (path: string) => git(repository, 'check-attr', 'merge', '--', path);
    expect(await attribute('data/my photos.dvc')).toBe('data/my photos.dvc: merge: wms');
    expect(await attribute('other.dvc')).toBe('other.dvc: merge: dvc');
    expect(await git(repository, 'config', '--local', 'merge.wms.driver')).toContain(
      'node_modules/wms-hooks/bin/wms.js merge-driver %O %A %B',
    );
    await git(repository, 'config', 'merge.wms.driver', 'of an older version');
    expect((await init(repository)).changed).toBe(true);
    expect((await init(repository)).changed).toBe(false);
    await init(repository, { uninstall: true });
    expect((await read(repository, '.gitattributes')).trim()).toBe(before);
    expect((await tryGit(repository, ['config', '--get-regexp', '^merge'])).exitCode).toBe(1);
  });

  it('changes nothing when it runs again', async () => {
    const repository = await team();
    await init(repository);
    const before = await snapshot(repository);
    const again = await init(repository);
    expect(again.changed).toBe(false);
    expect(again.files.every(({ change }) => change === 'unchanged')).toBe(true);
    expect(await snapshot(repository)).toEqual(before);
  });

  it('is as it was after uninstall, but for settings', async () => {
    const repository = await team();
    const before = await snapshot(repository);
    await init(repository);
    const result = await init(repository, { uninstall: true });
    expect(result).toMatchObject({ action: 'uninstall', changed: true });
    expect(result.notes.join()).toMatch(/Left as they are: wms\.config\.json, \.dvc\/config/);
    expect(withoutSettings(await snapshot(repository))).toEqual(before);
    expect((await init(repository, { uninstall: true })).changed).toBe(false);
  });

  it('works from a subdirectory and in a SHA-256 repository', async () => {
    const repository = await makeRepository({ objectFormat: 'sha256' });
    await mkdir(join(repository, 'deep/er'), { recursive: true });
    const result = await init(join(repository, 'deep/er'));
    expect(result.files.map(({ path }) => path)).toContain('wms.config.json');
    expect(await git(repository, 'config', 'core.hooksPath')).toBe('.husky/_');
    expect(result.hook?.active).toBe(false);
    expect(result.notes.join('\n')).toMatch(/no package\.json: .*\n?|npm install --save-dev wms-hooks/);
  });

  it('with HUSKY=0 says that the hook is off', async () => {
    const repository = await team();
    const result = await init(repository, { yes: true }, { env: isolatedEnv({ HUSKY: '0' }) });
    expect(result.hook?.active).toBe(false);
    expect(result.notes.join()).toMatch(/HUSKY=0 is set/);
    expect((await tryGit(repository, ['config', 'core.hooksPath'])).exitCode).toBe(1);
  });

  it('keeps a symbolic link and the mode of what it extends', async () => {
    const repository = await team();
    await commitFiles(repository, { 'real/package.json': '{}\n' });
    await rm(join(repository, 'package.json'));
    await symlink('real/package.json', join(repository, 'package.json'));
    await chmod(join(repository, 'real/package.json'), 0o640);
    await init(repository);
    expect(JSON.parse(await read(repository, 'real/package.json'))).toEqual({
      scripts: { prepare: 'husky' },
    });
    expect((await stat(join(repository, 'real/package.json'))).mode & 0o777).toBe(0o640);
    expect((await readdir(join(repository, 'real'))).length).toBe(1);
  });
});

describe('a real push', () => {
  it('runs our hook and then the other one, with the same arguments and refs', async () => {
    const repository = await team({ '.husky/pre-push': OTHERS });
    const remote = await withRemote(repository);
    await init(repository);
    await git(repository, 'branch', 'größe+1');
    await git(repository, 'tag', "it's-$HOME-`x`");
    await git(repository, 'push', 'origin', 'main', 'größe+1', "it's-$HOME-`x`", 'main~0:refs/heads/other');
    const ours = await log(repository, 'stub.log');
    expect(ours).toContain(`args: origin ${remote}\n`);
    expect(ours?.split('\n')).toHaveLength(6);
    expect(ours).toContain("refs/tags/it's-$HOME-`x` ");
    expect(ours).toContain('main~0 ');
    expect(await log(repository, 'others.log')).toBe(ours);
    expect(await git(remote, 'branch', '--list', 'other')).toContain('other');
  });

  it('is stopped by our hook, and then no other hook runs', async () => {
    const repository = await team({ '.husky/pre-push': OTHERS });
    const remote = await withRemote(repository);
    await init(repository);
    const push = await tryGit(repository, ['push', 'origin', 'main'], { env: { STUB_EXIT: '1' } });
    expect(push.exitCode).not.toBe(0);
    expect(await log(repository, 'others.log')).toBeNull();
    expect(await git(remote, 'for-each-ref')).toBe('');
  });

  it('of nothing gives the other hook empty input and does not call ours', async () => {
    const repository = await team({ '.husky/pre-push': OTHERS });
    const remote = await withRemote(repository);
    await init(repository);
    await git(repository, 'push', 'origin', 'main');
    await rm(join(repository, '.git/stub.log'));
    await rm(join(repository, '.git/others.log'));
    await git(repository, 'push', 'origin', 'main');
    expect(await log(repository, 'stub.log')).toBeNull();
    expect(await log(repository, 'others.log')).toBe(`args: origin ${remote}\n`);
  });

  it('from a hook in .git/hooks, also from a linked worktree that has no package: stopped with what to do', async () => {
    const repository = await team();
    const remote = await withRemote(repository);
    await writeFiles(repository, { '.git/hooks/pre-commit': '#!/bin/sh\n' });
    await chmod(join(repository, '.git/hooks/pre-commit'), 0o755);
    expect((await init(repository)).hook).toMatchObject({
      manager: 'hooks directory',
      file: '.git/hooks/pre-push',
    });
    await git(repository, 'push', 'origin', 'main');
    expect(await log(repository, 'stub.log')).toContain('refs/heads/main');
    await commitFiles(repository, { 'wms.config.json': '{}' });
    const worktree = join(makeDirectory(), 'linked');
    await git(repository, 'worktree', 'add', '--quiet', '-b', 'topic', worktree);
    const push = await tryGit(worktree, ['push', 'origin', 'topic']);
    expect(push.exitCode).not.toBe(0);
    expect(push.stderr).toContain('wms-hooks is not installed here to check it. Run: npm install');
    expect(await git(remote, 'branch', '--list', 'topic')).toBe('');
    await git(worktree, 'rm', '--quiet', 'wms.config.json');
    await git(worktree, 'push', 'origin', 'topic');
    expect(await git(remote, 'branch', '--list', 'topic')).toContain('topic');
  });
});

describe.each(['dash', 'bash', 'sh'])('the block under %s', (shell) => {
  const LINES = 'refs/heads/main 1 refs/heads/main 0\nWMS_REFS\n$(touch x) `touch x` \\n "$HOME" \'';

  async function run(input: string, stub: string | null, flags: string[] = ['-e']) {
    const directory = makeDirectory();
    const repository = await team();
    await init(repository);
    const script = await read(repository, '.husky/pre-push');
    const files = { 'pre-push': `${script}echo "others: $*"\ncat\n`, 'wms.config.json': '{}' };
    await writeFiles(directory, { ...files, ...(stub === null ? {} : { [HOOK]: stub }) });
    const result = await execa(shell, [...flags, 'pre-push', 'a b', '*'], {
      cwd: directory,
      input,
      reject: false,
      env: isolatedEnv(),
      extendEnv: false,
      stripFinalNewline: false,
    });
    return { ...result, left: (await readdir(directory)).sort() };
  }

  it('hands on arguments and input, whatever stands in them', async () => {
    const result = await run(`${LINES}\n`, 'echo "ours: $#"; cat\n');
    expect(result.stdout).toBe(`ours: 2\n${LINES}\nothers: a b *\n${LINES}\n`);
    expect(result.left).toEqual(['node_modules', 'pre-push', 'wms.config.json']);
    expect(result.exitCode).toBe(0);
  });

  it('hands on more than a pipe holds', async () => {
    const many = 'refs/heads/main 1 refs/heads/main 0\n'.repeat(20_000);
    expect((await run(many, 'cat >/dev/null\n')).stdout).toBe(`others: a b *\n${many}`);
  });

  it('does not mind a hook that reads nothing', async () => {
    const many = 'refs/heads/main 1 refs/heads/main 0\n'.repeat(20_000);
    const result = await run(many, 'exit 0\n');
    expect(result.stdout).toBe(`others: a b *\n${many}`);
    expect(result.stderr).toBe('');
  });

  it("ends with our hook's exit code, also without -e", async () => {
    const result = await run('a\n', 'exit 3\n', []);
    expect([result.exitCode, result.stdout]).toEqual([3, '']);
  });

  it('without input', async () => {
    const result = await run('', 'echo ours\n');
    expect([result.exitCode, result.stdout]).toEqual([0, 'others: a b *\n']);
  });

  it('without the package', async () => {
    const result = await run('a\n', null);
    expect([result.exitCode, result.stdout]).toEqual([1, '']);
    expect(result.stderr).toBe(
      'wms: push stopped, because wms-hooks is not installed here to check it. Run: npm install\n',
    );
  });
});

describe('what is there already', () => {
  it.each<[string, Record<string, string>, string[], string | null]>([
    [
      'husky',
      {
        '.husky/pre-push': 'npm test\n',
        'package.json': '{"scripts":{"prepare":"husky"},"devDependencies":{"husky":"9"}}',
      },
      [],
      '.husky/_',
    ],
    ['a shell hook', { '.git/hooks/pre-push': '#!/bin/bash\nmake test\n' }, ['.git/hooks/pre-push'], null],
    ['another hook', { '.git/hooks/commit-msg': '#!/bin/sh\n' }, ['.git/hooks/commit-msg'], null],
    ['a Python hook', { '.git/hooks/pre-push': '#!/usr/bin/env python3\n' }, ['.git/hooks/pre-push'], null],
    [
      'git-lfs',
      { '.git/hooks/pre-push': '#!/bin/sh\ngit lfs pre-push "$@"\n' },
      ['.git/hooks/pre-push'],
      null,
    ],
    ['lefthook', { 'lefthook.yml': 'pre-commit:\n  commands: {}\n' }, [], null],
    [
      'pre-commit',
      {
        '.pre-commit-config.yaml': 'repos: []\n',
        '.git/hooks/pre-push': '#!/bin/sh\n# File generated by pre-commit: x\n',
      },
      ['.git/hooks/pre-push'],
      null,
    ],
    ['simple-git-hooks', { 'package.json': '{"simple-git-hooks": {}}' }, [], null],
    [
      'a hooks directory',
      { '.githooks/pre-push': '#!/bin/sh\nmake test\n' },
      ['.githooks/pre-push'],
      '.githooks',
    ],
  ])(
    '%s: stays, twice changes nothing more, uninstall restores it byte for byte',
    async (_, files, executable, hooksPath) => {
      const repository = await team({});
      await writeFiles(repository, files);
      await Promise.all(executable.map((name) => chmod(join(repository, name), 0o755)));
      if (hooksPath === '.husky/_') await execa('node', [HUSKY], { cwd: repository });
      else if (hooksPath) await git(repository, 'config', 'core.hooksPath', hooksPath);
      const before = await snapshot(repository);
      await init(repository);
      for (const [name, text] of Object.entries(files)) {
        if (name !== 'package.json') expect(await read(repository, name)).toContain(text.split('\n')[1]);
      }
      const once = await snapshot(repository);
      expect((await init(repository)).changed).toBe(false);
      expect(await snapshot(repository)).toEqual(once);
      await init(repository, { uninstall: true });
      expect(withoutSettings(await snapshot(repository))).toEqual(before);
    },
  );

  it("git-lfs's hook goes on running after husky hides it", async () => {
    const repository = await team();
    await withRemote(repository);
    await writeFiles(repository, {
      '.git/hooks/pre-push': '#!/bin/sh\ngit lfs pre-push "$@"\n',
      'bin/git-lfs': `#!/bin/sh\n${OTHERS}`,
    });
    await chmod(join(repository, '.git/hooks/pre-push'), 0o755);
    await chmod(join(repository, 'bin/git-lfs'), 0o755);
    await init(repository);
    const env = { PATH: `${join(repository, 'bin')}:${process.env.PATH}` };
    expect((await tryGit(repository, ['push', 'origin', 'main'], { env })).exitCode).toBe(0);
    expect(await log(repository, 'stub.log')).toContain('refs/heads/main');
    expect(await log(repository, 'others.log')).toMatch(/^args: pre-push origin .*\nrefs\/heads\/main /);
  });
});

describe('settings that are there already', () => {
  it('are kept; an option changes only what it names', async () => {
    const config = '{\n    "protectedBranches": ["main", "release"],\n    "smoke": { "maxImages": 3 }\n}\n';
    const repository = await team({ 'wms.config.json': config });
    await init(repository);
    expect(await read(repository, 'wms.config.json')).toBe(config);
    await init(repository, { yes: true, branch: 'release' });
    expect(await read(repository, 'wms.config.json')).toBe(config);
    await init(repository, { yes: true, images: './img/' });
    expect(await read(repository, 'wms.config.json')).toBe(
      config.replace('3 }\n', '3 },\n    "dataset": {\n        "images": "img"\n    }\n'),
    );
    await init(repository, { yes: true, branch: 'trunk' });
    expect(JSON.parse(await read(repository, 'wms.config.json')).protectedBranches).toEqual([
      'main',
      'release',
      'trunk',
    ]);
  });

  it('that are wrong stop it before anything is written', async () => {
    const repository = await team({ 'wms.config.json': '{"modle": 1}' });
    const before = await snapshot(repository);
    await expect(init(repository)).rejects.toMatchObject({ kind: 'config/invalid', code: 2 });
    expect(await snapshot(repository)).toEqual(before);
  });

  it('wrong options are all named at once', async () => {
    const repository = await team();
    const options = { yes: true, images: '/abs', model: '../m.onnx', branch: 'a b' };
    await expect(init(repository, options)).rejects.toMatchObject({
      kind: 'config/invalid',
      why: expect.stringMatching(/--images: must be relative.*\n--model: must stay inside.*|--branch/s),
    });
  });

  it('.dvc/config stays as it is; another store is refused', async () => {
    const dvc = `['remote "s"']\n    url = s3://bucket-one/x\n[core]\n    remote = s\n`;
    const repository = await team({ '.dvc/config': dvc });
    expect((await init(repository)).store?.url).toBe('s3://bucket-one/x');
    expect((await init(repository, { yes: true, store: 's3://bucket-one/x/' })).changed).toBe(false);
    await expect(init(repository, { yes: true, store: 's3://bucket-two' })).rejects.toMatchObject({
      kind: 'init/store-differs',
      code: 2,
    });
    expect(await read(repository, '.dvc/config')).toBe(dvc);
  });

  it('S3 options reach .dvc/config, and need S3', async () => {
    const repository = await team();
    await expect(init(repository, { yes: true, region: 'eu-west-1' })).rejects.toMatchObject({
      kind: 'init/store',
      code: 2,
    });
    await init(repository, {
      yes: true,
      store: 's3://wms-dvc-data/dvc',
      region: 'eu-west-1',
      profile: 'team',
      endpointUrl: 'http://localhost:9000',
    });
    const remote = await readDvcRemote({
      topLevel: repository,
      env: isolatedEnv(),
      homedir: makeDirectory(),
    });
    expect(remote).toMatchObject({ kind: 's3', bucket: 'wms-dvc-data' });
    expect(await read(repository, '.dvc/config')).toMatch(
      /endpointurl = http:\/\/localhost:9000\n.*region = eu-west-1\n.*profile = team\n/s,
    );
    expect((await init(repository, { yes: true, region: 'eu-west-1' })).changed).toBe(false);
  });
});

describe('the protected branch', () => {
  const branches = async (repository: string) => {
    await init(repository);
    return JSON.parse(await read(repository, 'wms.config.json')).protectedBranches;
  };

  it("is the remote's main branch", async () => {
    const origin = await makeRepository({ branch: 'trunk' });
    await commitFiles(origin, { a: 'a' });
    const clone = join(makeDirectory(), 'clone');
    await git(origin, 'clone', '--quiet', origin, clone);
    await git(clone, 'switch', '--quiet', '-c', 'feature/x');
    expect(await branches(clone)).toEqual(['trunk']);
  });

  it('without a remote it is the usual one that exists, not the one at work', async () => {
    const repository = await team();
    await git(repository, 'switch', '--quiet', '-c', 'feature/x');
    expect(await branches(repository)).toEqual(['main']);
  });

  it('in a new repository it is the one that will be', async () => {
    expect(await branches(await makeRepository({ branch: 'develop' }))).toEqual(['develop']);
  });
});

describe('questions', () => {
  function person(answers: Record<string, string>): { prompter: Prompter; asked: string[] } {
    const asked: string[] = [];
    const input: Prompter['input'] = async (question, options = {}) => {
      asked.push(question);
      const key = Object.keys(answers).find((word) => question.includes(word));
      const answer = key === undefined ? (options.default ?? '') : (answers[key] ?? '');
      const valid = options.validate?.(answer) ?? true;
      if (valid !== true) throw new Error(valid);
      return answer;
    };
    return { prompter: { available: true, input } as Prompter, asked };
  }

  it('are asked in a terminal, and never again', async () => {
    const repository = await team();
    const { prompter, asked } = person({ images: 'photos', branch: 'trunk', Store: 's3://wms-dvc-data/x' });
    await init(repository, {}, { prompter });
    expect(asked).toHaveLength(5);
    expect(JSON.parse(await read(repository, 'wms.config.json'))).toMatchObject({
      dataset: { images: 'photos', masks: 'data/training/masks' },
      protectedBranches: ['trunk'],
    });
    expect((await init(repository, {}, { prompter })).changed).toBe(false);
    expect(asked).toHaveLength(5);
  });

  it('leave out what an option or --yes says', async () => {
    const { prompter, asked } = person({});
    await init(
      await team(),
      { images: 'a', masks: 'b', store: '../s', model: 'm.onnx', branch: 'main' },
      { prompter },
    );
    await init(await team(), { yes: true }, { prompter });
    expect(asked).toEqual([]);
  });

  it.each([
    ['masks', 'data/training/images', 'is the same directory as dataset.images'],
    ['images', '../x', 'must stay inside the repository'],
    ['branch', 'data/x', /cannot be protected/],
    ['Store', 'gs://x', /a store is a directory or s3/],
  ])('refuse a wrong answer about %s', async (about, answer, message) => {
    const { prompter } = person({ [about]: answer });
    await expect(init(await team(), {}, { prompter })).rejects.toThrow(message);
  });
});

it('outside of a repository and in a bare one it says so', async () => {
  await expect(init(makeDirectory())).rejects.toMatchObject({ kind: 'git/not-a-repository', code: 2 });
  await expect(init(await makeRemote())).rejects.toMatchObject({ kind: 'git/bare', code: 2 });
  await expect(init(join(await team(), '.git'))).rejects.toMatchObject({
    kind: 'git/not-a-repository',
    message: expect.stringContaining('is not inside the working tree of a Git repository'),
  });
});

it('a directory that cannot be written is named, and the next run goes on', async () => {
  const repository = await team();
  await writeFiles(repository, { '.dvc': 'a file where the directory should be' });
  await expect(init(repository)).rejects.toMatchObject({ kind: 'init/write-failed', code: 2 });
  await rm(join(repository, '.dvc'));
  expect((await init(repository)).hook?.active).toBe(true);
});
