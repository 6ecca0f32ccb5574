import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { median } from './support/statistics.js';
import { heading, printTable } from './support/table.js';
import { installPackage, Workspace } from './support/workspace.js';
import { dvc } from './transfer/dvc.js';
import { measure, type Usage } from './transfer/measure.js';
import { countFiles, makeObjects, type Objects } from './transfer/objects.js';
import { ours, type Program, peers } from './transfer/programs.js';
import { type RunningTarget, serve, startTargets } from './transfer/servers.js';

const OBJECTS = 2000;
const ROUNDS = 3;
const METHODS = ['put', 'get'] as const;

interface Series {
  readonly program: Program;
  readonly runs: Record<(typeof METHODS)[number], Usage[]>;
  failure?: string;
}

async function runOnce(
  workspace: Workspace,
  { program, runs }: Series,
  target: RunningTarget,
  objects: Objects,
  round: number,
) {
  const prefix = `${program.name.replace(/\W+/g, '-')}-${round}`;
  for (const method of METHODS) {
    const fetched = join(workspace.top, 'fetched');
    const directory = method === 'put' ? objects.directory : fetched;
    await rm(fetched, { recursive: true, force: true });
    if (method === 'get') await mkdir(fetched);
    const { command, env } = await program.command({ method, target, prefix, directory });
    runs[method].push(await measure(workspace, workspace.top, command, env));
  }
  const arrived = await countFiles(join(workspace.top, 'fetched'));
  if (arrived < objects.ids.length) throw new Error(`only ${arrived} files arrived`);
}

function print(series: readonly Series[], objects: Objects): void {
  for (const method of METHODS) {
    const sound = series.filter(({ failure }) => failure === undefined);
    const seconds = ({ runs }: Series) => median(runs[method].map((run) => run.seconds));
    const fastest = Math.min(...sound.filter(({ program }) => !isOurs(program)).map(seconds));
    const rows = sound.map((one) => {
      const of = (value: (usage: Usage) => number) => median(one.runs[method].map(value));
      return [
        one.program.name,
        (objects.ids.length / seconds(one)).toFixed(0),
        ((of(({ cpuSeconds }) => cpuSeconds) / objects.ids.length) * 1000).toFixed(2),
        of(({ maxRssMegabytes }) => maxRssMegabytes).toFixed(0),
        (fastest / seconds(one)).toFixed(2),
      ];
    });
    printTable([method.toUpperCase(), 'files/s', 'CPU ms/file', 'max RSS MB', '× fastest peer'], rows);
  }
  for (const { program, failure } of series)
    if (failure !== undefined) console.log(`${program.name}: ${failure}`);
}

const isOurs = ({ name }: Program) => name.startsWith('wms');

async function compare(
  workspace: Workspace,
  target: RunningTarget,
  programs: readonly Program[],
  objects: Objects,
) {
  heading(
    `Transfer to and from ${target.name}`,
    `${OBJECTS} objects of 5–500 KB, ${(objects.bytes / 1e6).toFixed(0)} MB, over TLS; whole processes in turn, medians of ${ROUNDS} rounds.`,
  );
  const series: Series[] = programs.map((program) => ({ program, runs: { put: [], get: [] } }));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const one of series.filter(({ failure }) => failure === undefined)) {
      await runOnce(workspace, one, target, objects, round).catch((error: Error) => {
        one.failure = error.message;
      });
    }
  }
  print(series, objects);
}

async function run(workspace: Workspace): Promise<void> {
  const targets = await startTargets(workspace, import.meta.filename);
  try {
    const objects = await makeObjects(join(workspace.top, 'objects'), OBJECTS);
    const directory = await installPackage(workspace);
    const programs = [
      ours(workspace, directory, objects, 'lean'),
      ours(workspace, directory, objects, 'sdk'),
      ...peers,
      dvc(workspace, objects),
    ];
    for (const target of targets) await compare(workspace, target, programs, objects);
  } finally {
    for (const target of targets) await target.stop();
  }
}

await (process.argv.includes('serve') ? serve() : Workspace.during(run));
