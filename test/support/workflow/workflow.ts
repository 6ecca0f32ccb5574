import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { PACKAGE_ROOT } from '../team.js';
import { runs, type Status } from './expressions.js';

export interface Step {
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly 'working-directory'?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Job {
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly 'runs-on': string;
  readonly 'timeout-minutes': number | string;
  readonly permissions: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly on: Readonly<Record<string, { readonly branches: readonly string[] }>>;
  readonly permissions: object;
  readonly concurrency: Readonly<Record<string, unknown>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

export const WORKFLOWS = ['wms.yml', 'wms-guard.yml'] as const;

export function workflowText(name: (typeof WORKFLOWS)[number]): string {
  return readFileSync(join(PACKAGE_ROOT, 'templates/github', name), 'utf8');
}

export function readWorkflow(name: (typeof WORKFLOWS)[number]): Workflow {
  return parse(workflowText(name)) as Workflow;
}

export function needsOf({ needs = [] }: Job): readonly string[] {
  return typeof needs === 'string' ? [needs] : needs;
}

/**
 * Results of all jobs. `ends` says how a job would end that is run; `cancelledAfter` names the job after which somebody
 * cancels the run.
 */
export function play(
  jobs: Workflow['jobs'],
  ends: (job: string) => Status,
  cancelledAfter: string | null = null,
): Record<string, Status> {
  const results: Record<string, Status> = {};
  let cancelled = false;
  for (const [name, job] of Object.entries(jobs)) {
    const needs = needsOf(job);
    const context = Object.fromEntries(needs.map((need) => [need, { result: results[need], outputs: {} }]));
    const before = ancestors(jobs, name).map((each) => results[each] as Status);
    const surroundings = { contexts: { needs: context, vars: {}, github: {} }, before, cancelled };
    results[name] = runs(job.if, surroundings) ? ends(name) : 'skipped';
    cancelled ||= name === cancelledAfter;
  }
  return results;
}

function ancestors(jobs: Workflow['jobs'], name: string): string[] {
  const direct = needsOf(jobs[name] as Job);
  return [...new Set([...direct, ...direct.flatMap((need) => ancestors(jobs, need))])];
}
