import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tellCounts } from '../ci/counts.pure.js';
import { failureMarkdown } from '../ci/description.pure.js';
import { reportFailure } from '../ci/fail-report.js';
import { JobOutput, tellFailure } from '../ci/failure.js';
import { guardRevision } from '../ci/guard.js';
import { findMergedBranch } from '../ci/merged.js';
import { CI_STEPS } from '../ci/pipeline.js';
import { readRecord, tellRecord } from '../ci/record.js';
import type { CiStep, StepOutcome } from '../ci/step.js';
import { type CiTarget, dataBranch, findTarget } from '../ci/target.js';
import { comment } from '../ci/tell-host.js';
import type { CiTools } from '../ci/tools.js';
import { withLock } from '../clone/lock.js';
import { stateDirectory } from '../clone/state.js';
import { openCiRepository, openCiTools, openReporter, requireConfig } from '../compose.js';
import { EXIT, type ExitCode, isWmsError } from '../errors.js';
import type { PullRequest } from '../ports/code-host.js';
import { CommandEnded } from '../training/command/command-ended.js';
import { listenForSignals } from './listen-for-signals.js';
import { githubRun, print, runAttempt } from './model-tools.js';
import { printError } from './print-error.js';
import { sessionStep } from './run-ci-session.js';
import { trainingWhereWanted } from './train-on-session.js';
import { whileLeased } from './while-leased.js';

export interface CiFlags {
  readonly json?: true;
}

interface CiCall {
  /** Null: the one that is checked out. */
  readonly branch: string | null;
  /** Training command; none: that of the settings. */
  readonly command: readonly string[];
  readonly flags: CiFlags;
}

/** One job. The exit code: that of the training command, where it is to blame. */
export function runCi(name: string, call: CiCall): Promise<number> {
  return withTools(async (tools, context) => {
    const step = name === 'session' ? sessionStep : (CI_STEPS.find((each) => each.name === name) as CiStep);
    const found = await findOrFinished(tools, call);
    if (found === null) return EXIT.done;
    const { target, merged } = found;
    if (merged !== null && !WORKS_AFTER_MERGE.includes(name))
      return tellMerged(tools, target, merged, call.flags);
    tools.reporter.heading(`${name} ${target.branch}`);
    const { facts, text, lines, exitCode } = await run(tools, step, target, call, context);
    tools.reporter.close();
    if (!call.flags.json && text !== undefined) process.stdout.write(text);
    print(call.flags.json && facts, ['', ...lines]);
    return exitCode;
  });
}

/** Whether a revision may come into the protected branch. */
export function runGuard(revision: string, flags: CiFlags): Promise<number> {
  return withTools(async (tools) => {
    tools.reporter.heading(`guard ${revision}`);
    const facts = await guardRevision(tools, revision);
    tools.reporter.close();
    const { into, counts } = facts;
    print(flags.json && { outcome: 'passed', ...facts }, [
      '',
      `${revision} may come into ${into}: ${counts === null ? 'nothing of the dataset is changed' : tellCounts(counts)}`,
    ]);
    return EXIT.done;
  });
}

/** What the jobs of a workflow run could not say by themselves. `results`: its `toJSON(needs)`. */
export function runFailReport(branch: string | null, results: string, flags: CiFlags): Promise<number> {
  return withTools(async (tools) => {
    const facts = await reportFailure(tools, branch, { results, run: runAttempt(process.env) });
    const { outcome, job, markdown } = facts;
    if (markdown !== null) await summarise(markdown);
    tools.reporter.close();
    const lines = {
      'nothing-failed': 'No job failed.',
      'told-before': `The job ${job} has said why it failed.`,
      told: `The job ${job} failed, which ${facts.branch} now tells.`,
    };
    print(flags.json && { outcome, branch: facts.branch, job }, [lines[outcome]]);
    return EXIT.done;
  });
}

/** All jobs, as the workflow runs them. A model that is not better ends them like any other: with the last job. */
export function runPipeline(call: CiCall): Promise<number> {
  return withTools(async (tools, context) => {
    const jobs: object[] = [];
    let exitCode: number = EXIT.done;
    let branch = call.branch;
    for (const step of CI_STEPS) {
      const found = await findOrFinished(tools, { ...call, branch });
      if (found === null) return EXIT.done;
      const { target, merged } = found;
      branch = target.branch;
      if (merged !== null && !WORKS_AFTER_MERGE.includes(step.name)) continue;
      tools.reporter.heading(`${step.name} ${branch}`);
      const outcome = await run(tools, step, target, call, context);
      tools.reporter.note(`\n${outcome.lines.join('\n')}\n`);
      jobs.push({ job: step.name, ...outcome.facts });
      exitCode = outcome.exitCode;
    }
    tools.reporter.close();
    if (call.flags.json) process.stdout.write(`${JSON.stringify({ branch, exitCode, jobs }, null, 2)}\n`);
    return exitCode;
  });
}

interface Context {
  readonly signal: AbortSignal;
  readonly output: JobOutput;
}

async function withTools(work: (tools: CiTools, context: Context) => Promise<number>): Promise<number> {
  const git = await openCiRepository(process.cwd());
  const config = await requireConfig(git);
  const output = new JobOutput();
  const reporter = output.listening(await openReporter());
  const stop = listenForSignals();
  try {
    const tools = await openCiTools(git, config, reporter);
    const openTraining = async () => {
      const training = await tools.openTraining();
      const show = (chunk: Buffer) => {
        output.push(chunk);
        training.show(chunk);
      };
      return { ...training, show };
    };
    return await work({ ...tools, openTraining }, { signal: stop.signal, output });
  } catch (error) {
    reporter.close();
    const code = printError(error, (text) => void process.stderr.write(text));
    return error instanceof CommandEnded ? error.exitStatus : code;
  } finally {
    stop.forget();
    reporter.close();
  }
}

interface FoundBranch {
  readonly target: CiTarget;
  /** The pull request with which it was merged by somebody else and deleted; null: it is there. */
  readonly merged: PullRequest | null;
}

/** Null, and told: the branch is gone because it was finished. */
async function findOrFinished(tools: CiTools, { branch, flags }: CiCall): Promise<FoundBranch | null> {
  try {
    return { target: await findTarget(tools, branch), merged: null };
  } catch (error) {
    if (!isWmsError(error, 'ci/no-branch')) throw error;
    const name = await dataBranch(tools.git, branch);
    if ((await readRecord(tools.notes, name)).finishedAt !== null) {
      tools.reporter.close();
      print(flags.json && { outcome: 'finished-before', branch: name }, [
        `${name} was merged before. Nothing is left to do.`,
      ]);
      return null;
    }
    const found = await findMergedBranch(tools, name);
    if (found === null) throw error;
    return { target: found.target, merged: found.pullRequest };
  }
}

const WORKS_AFTER_MERGE = ['finish'];

function tellMerged(
  tools: CiTools,
  { branch }: CiTarget,
  { id, url }: PullRequest,
  { json }: CiFlags,
): ExitCode {
  tools.reporter.close();
  const next = `npx wms ci finish ${branch}`;
  print(json && { outcome: 'merged-before', branch, pullRequest: url, next }, [
    `${branch} was merged (${url ?? id}) and deleted, so this job has nothing to do.`,
    `  Next     ${next}: what is left after the merge`,
  ]);
  return EXIT.done;
}

/** Does the job. What it came to is told where others look: in the branch's record, on the page of the workflow run. */
async function run(
  tools: CiTools,
  step: CiStep,
  target: CiTarget,
  { command }: CiCall,
  { signal, output }: Context,
): Promise<StepOutcome> {
  const { notes, clock } = tools;
  const context = { command, signal, githubRun: githubRun(process.env) };
  const work = () =>
    step.name === 'train'
      ? whileLeased(tools.git, tools.config, `trains for ${target.branch}`, () =>
          trainingWhereWanted(tools, target.branch, signal, (where) => step.run(where, target, context)),
        )
      : step.run(tools, target, context);
  try {
    const outcome = await (LOCKS_ITSELF.includes(step.name) ? work() : whileLocked(tools, work));
    const { failure } = await readRecord(notes, target.branch);
    if (failure?.job === step.name) {
      await tellRecord(notes, target.branch, { failure: null });
      await comment(tools, target, 'jobs', `The job ${step.name} has ended well since it failed.\n`);
    }
    if (outcome.summary !== undefined) await summarise(outcome.summary);
    return outcome;
  } catch (error) {
    const failure = tellFailure(step.name, error, output, tools.secrets, {
      at: clock.now(),
      run: runAttempt(process.env),
    });
    // The failure itself is what a person must read; a store that is gone is often the very reason.
    await tellRecord(notes, target.branch, { failure }).catch(() => undefined);
    const markdown = failureMarkdown(failure);
    await comment(tools, target, 'jobs', markdown);
    await summarise(markdown);
    throw error;
  }
}

/** Publishing does; training and a machine's start take long, and others may work in this clone meanwhile. */
const LOCKS_ITSELF = ['ingest', 'session', 'train'];

function whileLocked({ git }: CiTools, work: () => Promise<StepOutcome>): Promise<StepOutcome> {
  return withLock(join(stateDirectory(git.commonDir), 'lock'), work);
}

/** GitHub shows what is in this file on the page of the run. */
async function summarise(markdown: string): Promise<void> {
  const file = process.env.GITHUB_STEP_SUMMARY;
  if (file) await appendFile(file, `${markdown.trimEnd()}\n\n`).catch(() => undefined);
}
