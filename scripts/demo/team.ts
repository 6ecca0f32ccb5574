import { access, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, run } from './stage.js';

/** Where everything of the demo is; kept, so that one can go on playing. */
export interface Stage {
  readonly top: string;
  /** Bare repository. */
  readonly remote: string;
  readonly store: string;
  readonly ana: string;
  readonly ben: string;
  /** What stands in for a machine of the code host. */
  readonly ci: string;
  /** Name of the packed package, below `top`. */
  readonly tarball: string;
}

export async function setStage(packageRoot: string): Promise<Stage> {
  const top = await mkdtemp(join(await realpath(tmpdir()), 'wms-demo-'));
  // The build has run just now; `prepare` would set up Git hooks of this project.
  const packed = await ask(packageRoot, ['npm', 'pack', '--ignore-scripts', '--pack-destination', top]);
  const remote = join(top, 'remote.git');
  await ask(top, ['git', 'init', '--quiet', '--bare', '--initial-branch=main', remote]);
  return {
    top,
    remote,
    store: join(top, 'store'),
    ana: join(top, 'ana'),
    ben: join(top, 'ben'),
    ci: join(top, 'ci'),
    tarball: packed.trim().split('\n').at(-1) ?? '',
  };
}

/** Git must know who commits, and whoever runs the demo may not have told it, or may sign commits. */
export async function introduce(clone: string, name: string): Promise<void> {
  await ask(clone, ['git', 'config', 'user.name', name]);
  await ask(clone, ['git', 'config', 'user.email', `${name.toLowerCase()}@example.com`]);
  await ask(clone, ['git', 'config', 'commit.gpgsign', 'false']);
}

/** What a team that uses Node has anyway. */
export async function writeProject(clone: string): Promise<void> {
  const packageJson = { name: 'meters', version: '1.0.0', private: true };
  await writeFile(join(clone, 'package.json'), `${JSON.stringify(packageJson, null, 2)}\n`);
  await writeFile(join(clone, '.gitignore'), 'node_modules/\n');
}

/** A clone with the data branch checked out, as a workflow has it. */
export async function openCi({ top, ci, remote }: Stage, branch: string): Promise<void> {
  const isThere = await access(ci).then(
    () => true,
    () => false,
  );
  if (!isThere) {
    await ask(top, ['git', 'clone', '--quiet', remote, ci]);
    await introduce(ci, 'CI');
    await ask(ci, ['npm', 'ci', '--prefer-offline', '--no-audit', '--no-fund']);
  }
  await ask(ci, ['git', 'fetch', '--quiet']);
  await run(ci, ['git', 'switch', '--quiet', branch], {
    as: `git switch ${branch}`,
    note: 'on another machine',
  });
}
