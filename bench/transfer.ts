import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { heading } from './support/table.js';
import { installPackage, Workspace } from './support/workspace.js';
import { type Contender, printUsage, runInTurn } from './transfer/compare.js';
import { dvc } from './transfer/dvc.js';
import { measure } from './transfer/measure.js';
import { countFiles, makeObjects, type Objects, setAside } from './transfer/objects.js';
import { ours, type Program, peers, type Target } from './transfer/programs.js';
import { type RunningTarget, serve, startTargets } from './transfer/servers.js';

const OBJECTS = 2000;
const ROUNDS = 3;

function contender(workspace: Workspace, program: Program, target: Target, objects: Objects): Contender {
  const { name } = program;
  const fetched = join(workspace.top, 'fetched');
  const runJob = async (method: 'put' | 'get', prefix: string) => {
    const directory = method === 'put' ? objects.directory : fetched;
    const { command, env } = await program.command({ method, target, prefix, directory });
    return measure(workspace, workspace.top, command, env);
  };
  const run = async (round: number) => {
    const prefix = `${name.replace(/\W+/g, '-')}-${round}`;
    const put = await runJob('put', prefix);
    await setAside(workspace, [fetched]);
    await mkdir(fetched);
    const get = await runJob('get', prefix);
    const arrived = await countFiles(fetched);
    if (arrived < objects.ids.length) throw new Error(`only ${arrived} files arrived`);
    return { PUT: put, GET: get };
  };
  return { name, isOurs: name.startsWith('wms'), run };
}

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
  const contenders = programs.map((program) => contender(workspace, program, target, objects));
  const results = await runInTurn(contenders, ROUNDS);
  for (const kind of ['PUT', 'GET']) printUsage(kind, results, objects.ids.length);
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
