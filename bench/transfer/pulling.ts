import { appendFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { peerCommand } from '../../test/support/peers.js';
import { commitAll, makeClone, setUp, writeFiles } from '../support/clone.js';
import { IMAGES, MASKS } from '../support/dataset.js';
import type { Workspace } from '../support/workspace.js';
import type { Contender } from './compare.js';
import { JOBS, useRemote } from './dvc.js';
import { measure } from './measure.js';
import { countFiles, setAside } from './objects.js';
import { type Program, peers, type Target } from './programs.js';
import { storeAt } from './wms-store.js';

/** The dataset in the working tree, and the cache. */
export const COLD = 'into an empty clone';
export const WARM = 'out of the cache';

/** What is pulled, from below `prefix` of a server. */
export interface Pulled {
  readonly files: number;
  readonly prefix: string;
  /** Pointer files by their paths in a clone. */
  readonly pointers: Readonly<Record<string, string>>;
}

async function checkFiles(directories: readonly string[], files: number): Promise<void> {
  const counts = await Promise.all(directories.map(countFiles));
  const arrived = counts.reduce((sum, count) => sum + count, 0);
  if (arrived < files) throw new Error(`only ${arrived} files arrived`);
}

/** Pulls twice: with nothing there, and with the cache of the first time. */
function pulling(
  workspace: Workspace,
  clone: string,
  wanted: number,
  pull: () => ReturnType<typeof measure>,
): Contender['run'] {
  const files = [IMAGES, MASKS].map((directory) => join(clone, directory));
  const once = async () => {
    const usage = await pull();
    await checkFiles(files, wanted);
    return usage;
  };
  return async () => {
    await setAside(workspace, [...files, join(clone, '.dvc/cache'), join(clone, '.git/wms')]);
    const cold = await once();
    await setAside(workspace, [...files, join(clone, '.git/wms')]);
    return { [COLD]: cold, [WARM]: await once() };
  };
}

async function wms(
  workspace: Workspace,
  packageDirectory: string,
  target: Target,
  { files, prefix, pointers }: Pulled,
  links: 'reflink,copy' | 'hardlink',
): Promise<Contender> {
  const clone = await makeClone(workspace, `wms-${links}-${files}`);
  await setUp(workspace, clone, packageDirectory);
  await storeAt(clone, target, prefix);
  await appendFile(join(clone, '.dvc/config.local'), `[cache]\n    type = ${links}\n`);
  await writeFiles(clone, pointers);
  await commitAll(workspace, clone, ['.']);
  const command = ['node', 'node_modules/wms-hooks/bin/wms.js', 'data', 'pull'];
  const run = pulling(workspace, clone, files, () => measure(workspace, clone, command, {}));
  return { name: links === 'hardlink' ? 'wms data pull, hard links' : 'wms data pull', isOurs: true, run };
}

async function dvc(
  workspace: Workspace,
  target: Target,
  { files, prefix, pointers }: Pulled,
): Promise<Contender> {
  const program = await peerCommand('dvc');
  const project = join(workspace.top, `dvc-${files}`);
  await mkdir(project);
  const run = (...args: string[]) => workspace.must(project, [program, ...args]);
  await run('init', '--no-scm', '--quiet');
  await run('config', 'core.analytics', 'false');
  await useRemote(run, target, prefix);
  await writeFiles(project, pointers);
  const pull = [program, 'pull', '--quiet', '--jobs', JOBS];
  return {
    name: 'dvc pull',
    isOurs: false,
    run: pulling(workspace, project, files, async () => {
      await rm(join(project, '.dvc/tmp'), { recursive: true, force: true });
      return measure(workspace, project, pull, {});
    }),
  };
}

/** Copies the objects as they are into an empty directory: no cache, no check, no names. */
function copying(
  workspace: Workspace,
  program: Program,
  target: Target,
  { files, prefix }: Pulled,
): Contender {
  const directory = join(workspace.top, `copied-${files}`);
  const run = async () => {
    await setAside(workspace, [directory]);
    await mkdir(directory);
    const { command, env } = await program.command({ method: 'get', target, prefix, directory });
    const usage = await measure(workspace, workspace.top, command, env);
    await checkFiles([directory], files);
    return { [COLD]: usage };
  };
  return { name: program.name, isOurs: false, run };
}

/** Pull's job with the fastest programs for its parts: copies the objects, hashes them, and copies them once more. */
function together(
  workspace: Workspace,
  program: Program,
  target: Target,
  { files, prefix }: Pulled,
): Contender {
  const directory = join(workspace.top, `cached-${files}`);
  const tree = join(workspace.top, `tree-${files}`);
  const script =
    '"$@" && find "$0" -type f -print0 | xargs -0 -P 2 -n 100 md5sum >/dev/null && cp -r "$0" "$TREE"';
  const run = async () => {
    await setAside(workspace, [directory, tree]);
    await mkdir(directory);
    const { command, env } = await program.command({ method: 'get', target, prefix, directory });
    const all = ['sh', '-c', script, directory, ...command];
    const usage = await measure(workspace, workspace.top, all, { ...env, TREE: tree });
    await checkFiles([tree], files);
    return { [COLD]: usage };
  };
  return { name: `${program.name}, md5sum, cp`, isOurs: false, run };
}

/** Everybody who gets the dataset onto this machine: our command, programs that copy, and those that do all that it does. */
export async function contendersFor(
  workspace: Workspace,
  packageDirectory: string,
  target: Target,
  pulled: Pulled,
): Promise<Contender[]> {
  const fast = peers.filter(({ name }) => name === 'rclone' || name === 's5cmd');
  return [
    await wms(workspace, packageDirectory, target, pulled, 'reflink,copy'),
    await wms(workspace, packageDirectory, target, pulled, 'hardlink'),
    ...peers.map((program) => copying(workspace, program, target, pulled)),
    ...fast.map((program) => together(workspace, program, target, pulled)),
    await dvc(workspace, target, pulled),
  ];
}
