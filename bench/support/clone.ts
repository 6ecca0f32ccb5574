import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Workspace } from './workspace.js';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** A clone with a bare remote of its own, as a project that uses npm. */
export async function makeClone(workspace: Workspace, name: string): Promise<string> {
  const remote = join(workspace.top, `${name}.git`);
  const clone = join(workspace.top, name);
  await workspace.must(workspace.top, ['git', 'init', '--quiet', '--bare', remote]);
  await workspace.must(workspace.top, ['git', 'init', '--quiet', clone]);
  await workspace.must(clone, ['git', 'remote', 'add', 'origin', remote]);
  const packageJson = { name: 'meters', version: '1.0.0', private: true };
  await writeFiles(clone, {
    'package.json': `${JSON.stringify(packageJson, null, 2)}\n`,
    '.gitignore': 'node_modules\n',
  });
  return clone;
}

/** Sets a clone up as a teammate does: the package, then `wms init` with husky. */
export async function setUp(
  workspace: Workspace,
  clone: string,
  packageDirectory: string,
  flags: readonly string[] = [],
): Promise<void> {
  await mkdir(join(clone, 'node_modules'), { recursive: true });
  await symlink(packageDirectory, join(clone, 'node_modules/wms-hooks'));
  await workspace.must(clone, ['node', 'node_modules/wms-hooks/bin/wms.js', 'init', '--yes', ...flags]);
}

export async function writeFiles(clone: string, files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(clone, path)), { recursive: true });
    await writeFile(join(clone, path), content);
  }
}

/** Commits these files, also ignored ones. */
export async function commit(workspace: Workspace, clone: string, files: Files): Promise<void> {
  await writeFiles(clone, files);
  await commitAll(workspace, clone, Object.keys(files));
}

export async function commitAll(
  workspace: Workspace,
  clone: string,
  paths: readonly string[],
): Promise<void> {
  await workspace.must(clone, ['git', 'add', '--force', '--', ...paths]);
  await workspace.must(clone, ['git', 'commit', '--quiet', '--no-verify', '-m', 'change']);
}
