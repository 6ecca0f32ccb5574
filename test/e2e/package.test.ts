import { access, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, expect, test } from 'vitest';
import { cleanEnv } from '../../scripts/demo/clean-env.js';
import { pairFiles } from '../support/pictures.js';
import { makeDirectory, makeRemote, makeRepository, writeFiles } from '../support/scratch.js';
import { PACKAGE_ROOT } from '../support/team.js';

const NOT_BUILT = [
  ...['CHANGELOG.md', 'LICENSE', 'README.md', 'bin/wms.js', 'bin/wms-deploy.js', 'bin/wms-stop.js'],
  ...['ci', 'cloud', 'data', 'merge', 'mlflow', 'model', 'publish', 'serve', 'setup', 'sync', 'train'].map(
    (page) => `docs/${page}.md`,
  ),
  ...['requirements.txt', 'train.py'].map((file) => `examples/water-meters/${file}`),
  ...['hooks/pre-push', 'package.json', 'runtime/package-lock.json', 'runtime/package.json'],
  ...['schema/model-metadata.schema.json', 'schema/wms.config.schema.json'],
  ...['wms-guard.yml', 'wms.yml'].map((file) => `templates/github/${file}`),
  ...[
    'agent.py',
    'bootstrap.sh',
    'requirements.txt',
    'watchdog.py',
    'wms-api.service',
    'wms-bootstrap.service',
    'wms-doors.service',
    'wms-dump.service',
    'wms-dump.timer',
    'wms-logs.service',
    'wms-logs.timer',
    'wms-mlflow.service',
    'wms-registry.service',
    'wms-train.socket',
    'wms-train@.service',
    'train.py',
    'wms-watchdog.service',
    'wms-watchdog.timer',
  ].map((file) => `templates/machine/${file}`),
  ...['main.tf', 'outputs.tf', 'variables.tf'].map((file) => `templates/terraform/${file}`),
];

let tarball: string;

beforeAll(async () => {
  const directory = makeDirectory({ keep: true });
  // Without scripts: the build is there, and `prepare` would set up the hooks of this repository.
  await run(PACKAGE_ROOT, 'npm', ['pack', '--ignore-scripts', '--pack-destination', directory]);
  tarball = join(directory, (await readdir(directory))[0] as string);
});

/** A person's shell: their npm with its registry and cache, no Git settings, no terminal. */
async function run(cwd: string, program: string, args: readonly string[]) {
  return execa(program, args, {
    cwd,
    env: { ...cleanEnv(), CI: '1' },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
}

test('the package holds what users need, and nothing else', async () => {
  const directory = makeDirectory();
  await execa('tar', ['-xzf', tarball, '-C', directory]);
  const packed = join(directory, 'package');
  const entries = await readdir(packed, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(packed.length + 1)
        .replaceAll('\\', '/'),
    );
  expect(files.filter((path) => !path.startsWith('dist/')).sort()).toEqual([...NOT_BUILT].sort());
  const built = files.filter((path) => path.startsWith('dist/'));
  expect(built.filter((path) => !path.endsWith('.js'))).toEqual(['dist/licences.txt']);
  expect(built).toContain('dist/cli/main.js');
  expect(built).toContain('dist/adapters/onnx/worker.js');
  for (const path of ['hooks/pre-push', 'bin/wms.js', 'bin/wms-deploy.js', 'bin/wms-stop.js']) {
    expect((await stat(join(packed, path))).mode & 0o111).toBe(0o111);
  }
  const { bin } = JSON.parse(await readFile(join(packed, 'package.json'), 'utf8')) as {
    bin: Record<string, string>;
  };
  for (const path of Object.values(bin)) expect(files).toContain(path);
});

test('installed into an empty repository, it sets itself up and publishes', async () => {
  const remote = await makeRemote();
  const clone = await makeRepository();
  const git = async (...args: string[]) => {
    const result = await run(clone, 'git', args);
    expect(result.exitCode, result.stderr).toBe(0);
    return result.stdout;
  };
  await git('config', 'user.name', 'Ana Test');
  await git('config', 'user.email', 'ana@example.com');
  await git('remote', 'add', 'origin', remote);
  await writeFiles(clone, { '.gitignore': 'node_modules\n' });

  await run(clone, 'npm', ['init', '--yes']);
  const flags = ['--prefer-offline', '--no-audit', '--no-fund'];
  const installed = await run(clone, 'npm', ['install', '--save-dev', tarball, ...flags]);
  expect(installed.exitCode, installed.stderr).toBe(0);
  expect(await installScripts(clone)).toEqual([]);
  await expect(access(join(clone, 'node_modules/onnxruntime-node'))).rejects.toThrow('ENOENT');

  const help = await run(clone, 'npx', ['wms', '--help']);
  expect(help.exitCode).toBe(0);
  for (const command of ['init', 'add', 'publish']) expect(help.stdout).toContain(`\n  ${command} `);

  const store = join(makeDirectory(), 'store');
  const init = await run(clone, 'npx', ['wms', 'init', '--yes', '--store', store]);
  expect(init.exitCode, init.stderr).toBe(0);
  expect(init.stdout).toContain('.husky/pre-push');
  await git('add', '--all');
  await git('commit', '--quiet', '-m', 'Set up wms');
  await git('push', '--quiet', '--set-upstream', 'origin', 'main');
  const main = await git('rev-parse', 'HEAD');

  await writeFiles(clone, await pairFiles([1, 2]));
  await git('add', '--all');
  await git('commit', '--quiet', '-m', 'photos');
  const push = await run(clone, 'git', ['push']);
  expect(push.exitCode).toBe(1);
  expect(push.stderr).toContain('Existing: 0, New: 2, Replaced: 0, Total: 2');
  expect(push.stderr).toContain('Published.');
  expect(await git('ls-remote', '--heads', 'origin', 'main')).toContain(main);
  expect(await git('ls-remote', '--heads', 'origin', 'data/*')).toMatch(/refs\/heads\/data\/\d{8}-\d{6}$/);
});

/** Packages that would run a script of their own on installation. */
async function installScripts(clone: string): Promise<string[]> {
  const lock = JSON.parse(await readFile(join(clone, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean }>;
  };
  return Object.entries(lock.packages).flatMap(([path, { hasInstallScript }]) =>
    hasInstallScript ? [path] : [],
  );
}
