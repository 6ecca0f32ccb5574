import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { drawMeter } from '../../scripts/sample/meters.js';
import { tinyModel, tinyModelFacts } from '../../scripts/sample/tiny-model.js';
import { commitFiles, git } from './scratch.js';
import { dataBranches, joinTeam, makeTeam, push, type Ran, type Team, wms } from './team.js';

/** Stands in for a trainer: `weights/current` says which model it comes to. */
const TRAINER = `#!/bin/sh
here=$(dirname "$0")/weights
cp "$here/$(cat "$here/current").onnx" "$WMS_OUTPUT_DIR/model.onnx"
cp "$here/model.json" "$WMS_OUTPUT_DIR/model.json"
echo trained
`;

/** A team whose trainer is a file of the repository; `weak`, `good` and `bad` are what it can come to. */
export async function makeCiTeam(
  settings: Record<string, unknown> = {},
  options: { readonly keep?: boolean; readonly dvcConfig?: string } = {},
): Promise<Team> {
  const config = { train: { command: ['./train.sh'] }, ...settings };
  const team = await makeTeam({ config, ...options });
  await commitTrainer(team.clone);
  await push(team.clone);
  return team;
}

/** Commits the trainer and the weights that it can come to. */
async function commitTrainer(clone: string): Promise<void> {
  await commitFiles(clone, {
    'train.sh': TRAINER,
    'weights/weak.onnx': tinyModel({ darkness: 0.35 }),
    'weights/good.onnx': tinyModel(),
    'weights/bad.onnx': tinyModel({ darkness: 0.3 }),
    'weights/model.json': tinyModelFacts(),
    'weights/current': 'weak',
  });
  await chmod(join(clone, 'train.sh'), 0o755);
  await git(clone, 'commit', '--quiet', '--no-verify', '--all', '-m', 'executable');
}

/** Drawn water meters number `first` to `last`, ready to be written into a clone. */
export async function meters(first: number, last: number): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  for (let seed = first; seed <= last; seed++) {
    const { image, mask } = await drawMeter(seed);
    files[`data/training/images/meter_${seed}.jpg`] = image;
    files[`data/training/masks/meter_${seed}.png`] = mask;
  }
  return files;
}

/** Commits files in `clone` and pushes them, as a teammate does; the data branch that this makes. */
export async function publish(
  team: Team,
  clone: string,
  files: Readonly<Record<string, string | Buffer>>,
  env: Record<string, string> = {},
): Promise<string> {
  const before = await dataBranches(team);
  await commitFiles(clone, files, 'meters');
  const pushed = await push(clone, [], env);
  const made = (await dataBranches(team)).filter((branch) => !before.includes(branch));
  if (made.length !== 1) throw new Error(`one data branch expected, not ${made}\n${pushed.stderr}`);
  return made[0] as string;
}

/** Makes a team of a template one like `makeCiTeam`. */
export async function addTrainer(team: Team, settings: Record<string, unknown> = {}): Promise<void> {
  const config = { train: { command: ['./train.sh'] }, ...settings };
  await commitFiles(team.clone, { 'wms.config.json': JSON.stringify(config) });
  await commitTrainer(team.clone);
  await push(team.clone);
}

/**
 * Makes a copy of a prepared team (`teamTemplate`) one with a trainer and a data branch, which is trained, passes the
 * gate, and is checked out in its clone; the branch.
 */
export async function prepareTrainedBranch(
  team: Team,
  settings: Record<string, unknown> = {},
): Promise<string> {
  await addTrainer(team, settings);
  const branch = await publish(team, team.clone, await meters(10, 20));
  await git(team.clone, 'fetch', '--quiet');
  await git(team.clone, 'switch', '--quiet', branch);
  for (const job of ['train', 'decide']) {
    const { exitCode, stderr } = await ci(team.clone, job);
    if (exitCode !== 0) throw new Error(stderr);
  }
  return branch;
}

/** A machine of the code host: a clone with the data branch checked out, which knows no person. */
export async function ciMachine(team: Team, branch: string): Promise<string> {
  const clone = await joinTeam(team);
  await git(clone, 'switch', '--quiet', branch);
  return clone;
}

/** One job, with what it prints for programs. */
export async function ci(clone: string, ...args: string[]): Promise<Ran & { readonly facts: Facts }> {
  return ciWith({}, clone, ...args);
}

export async function ciWith(
  env: Record<string, string>,
  clone: string,
  ...args: string[]
): Promise<Ran & { readonly facts: Facts }> {
  const ran = await wms(clone, ['ci', ...args, '--json'], env);
  return { ...ran, facts: ran.stdout === '' ? {} : JSON.parse(ran.stdout) };
}

/** All jobs, as the workflow runs them. */
export function pipeline(clone: string): Promise<Ran> {
  return wms(clone, ['run-pipeline']);
}

// biome-ignore lint/suspicious/noExplicitAny: what a command printed
type Facts = any;
