import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { isolatedEnv, makeDirectory } from '../scratch.js';
import { filled, runs, type Status, type Surroundings } from './expressions.js';
import type { Job, Step } from './workflow.js';

export interface Machine {
  /** Where the repository is checked out. */
  readonly workspace: string;
  /** Directory of programs that come before those of the system. */
  readonly programs: string;
  readonly contexts: Surroundings['contexts'];
  readonly files?: readonly string[];
  /** What the runner itself sets. */
  readonly env?: Readonly<Record<string, string>>;
  /** Stands in for an action. */
  uses?(action: string, inputs: Readonly<Record<string, string>>): Promise<void>;
}

interface StepResult {
  /** Its name, or its action without the version. */
  readonly step: string;
  readonly status: Status;
  readonly output: string;
}

export interface JobResult {
  readonly status: 'success' | 'failure';
  readonly steps: readonly StepResult[];
  /** What it wrote for the page of the run. */
  readonly summary: string;
}

type Values = Readonly<Record<string, string>>;

/** The steps of a job, one after the other, as a runner does: scripts under bash, with files of their own to write to. */
export async function runJob(job: Job, machine: Machine): Promise<JobResult> {
  const own = makeDirectory();
  const jobEnv = valuesOf(job.env, { contexts: machine.contexts });
  const exported: Record<string, string> = {};
  const steps: StepResult[] = [];
  let summary = '';
  for (const [index, step] of job.steps.entries()) {
    const contexts = { ...machine.contexts, env: { ...jobEnv, ...exported } };
    const before = steps.map(({ status }) => (status === 'skipped' ? 'success' : status));
    const surroundings = { contexts, before, files: machine.files ?? [] };
    const name = step.name ?? step.uses?.replace(/@.*/, '') ?? '';
    if (!runs(step.if, surroundings)) {
      steps.push({ step: name, status: 'skipped', output: '' });
      continue;
    }
    if (step.uses !== undefined) {
      await machine.uses?.(step.uses.replace(/@.*/, ''), valuesOf(step.with, surroundings));
      steps.push({ step: name, status: 'success', output: '' });
      continue;
    }
    const files = await filesOf(join(own, String(index)));
    const env = { ...machine.env, ...jobEnv, ...exported, ...valuesOf(step.env, surroundings), ...files };
    const { exitCode, output } = await script(step, machine, join(own, `${index}.sh`), env);
    Object.assign(exported, pairsIn(await readFile(files.GITHUB_ENV, 'utf8')));
    summary += await readFile(files.GITHUB_STEP_SUMMARY, 'utf8');
    steps.push({ step: name, status: exitCode === 0 ? 'success' : 'failure', output });
  }
  return { status: steps.some(({ status }) => status === 'failure') ? 'failure' : 'success', steps, summary };
}

/** As GitHub starts the shell that `shell: bash` names. */
async function script(step: Step, machine: Machine, file: string, env: Values) {
  await writeFile(file, step.run ?? '');
  const { exitCode, all } = await execa('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', file], {
    cwd: machine.workspace,
    env: isolatedEnv({ CI: 'true', ...env, PATH: `${machine.programs}:${process.env.PATH}` }),
    extendEnv: false,
    reject: false,
    all: true,
    stdin: 'ignore',
  });
  return { exitCode: exitCode ?? -1, output: all };
}

async function filesOf(directory: string) {
  await mkdir(directory);
  const of = (name: string) => join(directory, name);
  const files = {
    GITHUB_OUTPUT: of('output'),
    GITHUB_ENV: of('env'),
    GITHUB_PATH: of('path'),
    GITHUB_STEP_SUMMARY: of('summary'),
  };
  await Promise.all(Object.values(files).map((file) => writeFile(file, '')));
  return files;
}

function valuesOf(of: Step['with'], surroundings: Surroundings): Record<string, string> {
  return Object.fromEntries(
    Object.entries(of ?? {}).map(([key, value]) => [key, filled(String(value), surroundings)]),
  );
}

function pairsIn(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => line.split(/=(.*)/s)),
  );
}
