import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { peerCommand } from '../test/support/peers.js';
import { commitAll, makeClone, setUp, writeFiles } from './support/clone.js';
import { IMAGES, MASKS } from './support/dataset.js';
import { heading } from './support/table.js';
import { installPackage, Workspace } from './support/workspace.js';
import { type Contender, printUsage, runInTurn } from './transfer/compare.js';
import { manifestsOf, pointersTo } from './transfer/dataset.js';
import { JOBS, useRemote } from './transfer/dvc.js';
import { measure } from './transfer/measure.js';
import { countFiles, makeObjects, type Objects, setAside } from './transfer/objects.js';
import { ours, type Program, peers, type Target } from './transfer/programs.js';
import { serve, startTargets } from './transfer/servers.js';
import { storeAt } from './transfer/wms-store.js';

const [files = '2000', ...chosen] = process.argv.slice(2).filter((word) => word !== 'serve');
const FILES = Number(files);
const ROUNDS = 5;
const PREFIX = 'dataset';
/** The dataset in the working tree, and the cache. */
const COLD = 'into an empty clone';
const WARM = 'out of the cache';

type Pointers = Readonly<Record<string, string>>;

async function checkFiles(directories: readonly string[]): Promise<void> {
  const counts = await Promise.all(directories.map(countFiles));
  const arrived = counts.reduce((sum, count) => sum + count, 0);
  if (arrived < FILES) throw new Error(`only ${arrived} files arrived`);
}

/** Pulls twice: with nothing there, and with the cache of the first time. */
function pulling(
  workspace: Workspace,
  clone: string,
  pull: () => ReturnType<typeof measure>,
): Contender['run'] {
  const files = [IMAGES, MASKS].map((directory) => join(clone, directory));
  const once = async () => {
    const usage = await pull();
    await checkFiles(files);
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
  pointers: Pointers,
): Promise<Contender> {
  const clone = await makeClone(workspace, 'wms');
  await setUp(workspace, clone, packageDirectory);
  await storeAt(clone, target, PREFIX);
  await writeFiles(clone, pointers);
  await commitAll(workspace, clone, ['.']);
  const command = ['node', 'node_modules/wms-hooks/bin/wms.js', 'data', 'pull'];
  const run = pulling(workspace, clone, () => measure(workspace, clone, command, {}));
  return { name: 'wms data pull', isOurs: true, run };
}

async function dvc(workspace: Workspace, target: Target, pointers: Pointers): Promise<Contender> {
  const program = await peerCommand('dvc');
  const project = join(workspace.top, 'dvc');
  await mkdir(project);
  const run = (...args: string[]) => workspace.must(project, [program, ...args]);
  await run('init', '--no-scm', '--quiet');
  await run('config', 'core.analytics', 'false');
  await useRemote(run, target, PREFIX);
  await writeFiles(project, pointers);
  const pull = [program, 'pull', '--quiet', '--jobs', JOBS];
  return {
    name: 'dvc pull',
    isOurs: false,
    run: pulling(workspace, project, async () => {
      await rm(join(project, '.dvc/tmp'), { recursive: true, force: true });
      return measure(workspace, project, pull, {});
    }),
  };
}

/** Copies the objects as they are into an empty directory: no cache, no check, no names. */
function copying(workspace: Workspace, program: Program, target: Target): Contender {
  const directory = join(workspace.top, 'copied');
  const run = async () => {
    await setAside(workspace, [directory]);
    await mkdir(directory);
    const { command, env } = await program.command({ method: 'get', target, prefix: PREFIX, directory });
    const usage = await measure(workspace, workspace.top, command, env);
    await checkFiles([directory]);
    return { [COLD]: usage };
  };
  return { name: program.name, isOurs: false, run };
}

/** Pull's job with the fastest programs for its parts: copies the objects, hashes them, and copies them once more. */
function together(workspace: Workspace, program: Program, target: Target): Contender {
  const directory = join(workspace.top, 'cached');
  const tree = join(workspace.top, 'tree');
  const script =
    '"$@" && find "$0" -type f -print0 | xargs -0 -P 2 -n 100 md5sum >/dev/null && cp -r "$0" "$TREE"';
  const run = async () => {
    await setAside(workspace, [directory, tree]);
    await mkdir(directory);
    const { command, env } = await program.command({ method: 'get', target, prefix: PREFIX, directory });
    const all = ['sh', '-c', script, directory, ...command];
    const usage = await measure(workspace, workspace.top, all, { ...env, TREE: tree });
    await checkFiles([tree]);
    return { [COLD]: usage };
  };
  return { name: `${program.name}, md5sum, cp`, isOurs: false, run };
}

async function upload(workspace: Workspace, packageDirectory: string, target: Target, objects: Objects) {
  const program = ours(workspace, packageDirectory, objects, 'lean');
  const job = { method: 'put', target, prefix: PREFIX, directory: objects.directory } as const;
  const { command, env } = await program.command(job);
  await measure(workspace, workspace.top, command, env);
}

async function run(workspace: Workspace): Promise<void> {
  const [target, ...others] = await startTargets(workspace, import.meta.filename);
  if (target === undefined) throw new Error('no server');
  try {
    const objects = await makeObjects(join(workspace.top, 'objects'), FILES);
    const pointers = await pointersTo(objects);
    const directory = await installPackage(workspace);
    const all = { ...objects, ids: [...objects.ids, ...manifestsOf(pointers)] };
    await upload(workspace, directory, target, all);
    heading(
      `A dataset of ${FILES} files`,
      `5–500 KB, ${(objects.bytes / 1e6).toFixed(0)} MB, from ${target.name} over TLS; whole processes in turn, medians of ${ROUNDS} rounds. wms and dvc also check, fill a cache and give files their names.`,
    );
    const contenders = [
      await wms(workspace, directory, target, pointers),
      ...peers.map((program) => copying(workspace, program, target)),
      ...peers
        .filter(({ name }) => name === 'rclone' || name === 's5cmd')
        .map((program) => together(workspace, program, target)),
      await dvc(workspace, target, pointers),
    ];
    const running = contenders.filter(
      ({ name }) => chosen.length === 0 || chosen.some((word) => name.startsWith(word)),
    );
    const results = await runInTurn(running, ROUNDS);
    for (const kind of [COLD, WARM]) printUsage(kind, results, FILES);
  } finally {
    for (const one of [target, ...others]) await one.stop();
  }
}

await (process.argv.includes('serve') ? serve() : Workspace.during(run));
