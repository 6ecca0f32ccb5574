import * as z from 'zod';
import { EXIT, WmsError } from '../errors.js';
import { passes } from '../model/gate/table.pure.js';
import { failureMarkdown } from './description.pure.js';
import { type CiRecord, readRecord, tellRecord } from './record.js';
import { dataBranch } from './target.js';
import { comment } from './tell-host.js';
import type { CiTools } from './tools.js';

const resultsSchema = z.record(
  z.string(),
  z.object({ result: z.enum(['success', 'failure', 'cancelled', 'skipped']) }),
);

/** Jobs of the workflow that run more than the command of their name. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  check: ['ingest', 'check'],
  pr: ['pr', 'rebase'],
};

export interface FailReport {
  /** `told-before`: a job of this run has said by itself why it failed. */
  readonly outcome: 'told' | 'told-before' | 'nothing-failed';
  readonly branch: string;
  /** The one that it is about; null: none. */
  readonly job: string | null;
  /** What is told now; null: nothing. */
  readonly markdown: string | null;
}

interface WorkflowRun {
  /** JSON: `{"train":{"result":"failure"},…}`, in the order of the jobs. */
  readonly results: string;
  /** Address of this attempt of the run; null: on no code host. */
  readonly run: string | null;
}

/**
 * A job that fails in a command of ours says why by itself. One that fails before or after it, or is cut off, cannot:
 * this says which one it was. Throws WmsError `ci/results` and `ci/not-a-data-branch` (exit code 2).
 */
export async function reportFailure(
  tools: CiTools,
  name: string | null,
  { results, run }: WorkflowRun,
): Promise<FailReport> {
  const branch = await dataBranch(tools.git, name);
  const failed = failedJobs(results);
  const [first] = failed;
  if (first === undefined) return { outcome: 'nothing-failed', branch, job: null, markdown: null };
  const record = await readRecord(tools.notes, branch);
  const told = failed.find(({ job }) => hasTold(job, record, run));
  if (told !== undefined) return { outcome: 'told-before', branch, job: told.job, markdown: null };
  const failure = {
    job: first.job,
    kind: 'ci/job-cut-off',
    exitCode: null,
    what:
      first.result === 'cancelled'
        ? `The job ${first.job} was cancelled, or ran out of its time.`
        : `The job ${first.job} failed, and could not say why.`,
    why:
      first.result === 'cancelled'
        ? null
        : 'Most often a checkout or an installation failed, or its machine was lost.',
    next: `Read its log${run === null ? '' : `: ${run}`}`,
    likely: null,
    lines: [],
    at: tools.clock.now().toISOString(),
    run,
  };
  await tellRecord(tools.notes, branch, { failure });
  const markdown = failureMarkdown(failure);
  await comment(tools, { branch }, 'jobs', markdown);
  return { outcome: 'told', branch, job: first.job, markdown };
}

function failedJobs(text: string): { job: string; result: string }[] {
  const results = parse(text);
  return Object.entries(results).flatMap(([job, { result }]) =>
    result === 'failure' || result === 'cancelled' ? [{ job, result }] : [],
  );
}

function hasTold(job: string, { failure, verdict }: CiRecord, run: string | null): boolean {
  // A model that is not better ends the job, too: the verdict says it.
  if (job === 'decide' && verdict !== null && !passes(verdict)) return true;
  return failure !== null && failure.run === run && (COMMANDS[job] ?? [job]).includes(failure.job);
}

function parse(text: string): z.infer<typeof resultsSchema> {
  try {
    return resultsSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new WmsError({
      kind: 'ci/results',
      code: EXIT.usage,
      what: 'The results of the jobs cannot be read.',
      why: '--results takes what toJSON(needs) writes in a workflow: {"train":{"result":"failure"}}',
      next: 'npx wms ci fail-report --help',
      cause,
    });
  }
}
