import { join } from 'node:path';
import { heading } from './support/table.js';
import { installPackage, Workspace } from './support/workspace.js';
import { type Contender, printFurther, printUsage, runInTurn } from './transfer/compare.js';
import { manifestsOf, pointersTo } from './transfer/dataset.js';
import { measure, type Usage } from './transfer/measure.js';
import { makeObjects, type Objects } from './transfer/objects.js';
import { ours, type Target } from './transfer/programs.js';
import { COLD, contendersFor, type Pulled, WARM } from './transfer/pulling.js';
import { serve, startTargets } from './transfer/servers.js';

const [sizes = '2000', ...chosen] = process.argv.slice(2).filter((word) => word !== 'serve');
/** Numbers of files. */
const SIZES = sizes.split(',').map(Number);
const ROUNDS = 5;

async function upload(
  workspace: Workspace,
  packageDirectory: string,
  target: Target,
  prefix: string,
  objects: Objects,
): Promise<void> {
  const program = ours(workspace, packageDirectory, objects, 'lean');
  const { command, env } = await program.command({
    method: 'put',
    target,
    prefix,
    directory: objects.directory,
  });
  await measure(workspace, workspace.top, command, env);
}

/** Puts a dataset of so many files onto the server. */
async function publish(
  workspace: Workspace,
  packageDirectory: string,
  target: Target,
  files: number,
): Promise<Pulled> {
  const prefix = `dataset-${files}`;
  const objects = await makeObjects(join(workspace.top, `objects-${files}`), files);
  const pointers = await pointersTo(objects);
  const all = { ...objects, ids: [...objects.ids, ...manifestsOf(pointers)] };
  await upload(workspace, packageDirectory, target, prefix, all);
  return { files, prefix, pointers };
}

const kindOf = (kind: string, files: number) => `${files} files ${kind}`;

/** One that pulls every dataset in each round, so that slow minutes of the machine count for all of them. */
function inEachSize(contenders: readonly (readonly [number, Contender])[]): Contender {
  const [[, first] = []] = contenders;
  if (first === undefined) throw new Error('no size');
  return {
    ...first,
    async run(round) {
      const all: Record<string, Usage> = {};
      for (const [files, contender] of contenders) {
        const usages = Object.entries(await contender.run(round));
        for (const [kind, usage] of usages) all[kindOf(kind, files)] = usage;
      }
      return all;
    },
  };
}

async function run(workspace: Workspace): Promise<void> {
  const [target, ...others] = await startTargets(workspace, import.meta.filename);
  if (target === undefined) throw new Error('no server');
  try {
    const directory = await installPackage(workspace);
    const bySize: Contender[][] = [];
    for (const files of SIZES) {
      const pulled = await publish(workspace, directory, target, files);
      bySize.push(await contendersFor(workspace, directory, target, pulled));
    }
    heading(
      `Datasets of ${SIZES.join(' and ')} files`,
      `5–500 KB, from ${target.name} over TLS; whole processes in turn, medians of ${ROUNDS} rounds. wms and dvc also check, fill a cache and give files their names: as copies, or as hard links of the cache.`,
    );
    const all = (bySize[0] ?? []).map((_, index) =>
      inEachSize(SIZES.map((files, size) => [files, bySize[size]?.[index] as Contender])),
    );
    const running = all.filter(
      ({ name }) => chosen.length === 0 || chosen.some((word) => name.startsWith(word)),
    );
    const results = await runInTurn(running, ROUNDS);
    for (const files of SIZES)
      for (const kind of [COLD, WARM]) printUsage(kindOf(kind, files), results, files);
    const [few = 0, many = 0] = [Math.min(...SIZES), Math.max(...SIZES)];
    if (few < many) printFurther(COLD, results, [few, kindOf(COLD, few)], [many, kindOf(COLD, many)]);
  } finally {
    for (const one of [target, ...others]) await one.stop();
  }
}

await (process.argv.includes('serve') ? serve() : Workspace.during(run));
