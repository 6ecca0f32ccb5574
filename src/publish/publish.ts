import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../clone/lock.js';
import { removeLeftoversBelow } from '../clone/place-file.js';
import { stateDirectory } from '../clone/state.js';
import { CONFIG_FILE } from '../config/schema.js';
import { isWmsError, retold } from '../errors.js';
import type { Findings, PublishJob, PublishOptions, PublishTools } from './job.js';
import { Journal, type PushIntent } from './journal.js';
import { type PublishOutcome, writeOutcome } from './outcome.js';
import { PIPELINE } from './pipeline.js';
import { describeFiles, type PublishPlan } from './plan.js';
import { factsOf, outcomeFile, recordingFailure } from './record.js';
import { writeReport } from './report.js';
import { runSteps } from './step.js';

/**
 * Changes the dataset on a data branch: by a push's raw files, or as a plan's edit says. Can be killed at any moment and run again: it
 * converges on the same result. Throws WmsError, after recording it, when it cannot be done.
 */
export async function publish(
  tools: PublishTools,
  plan: PublishPlan,
  options: PublishOptions,
): Promise<PublishOutcome> {
  const state = stateDirectory(tools.git.commonDir);
  const { target } = plan;
  const facts = () => factsOf(target, tools.clock.now());
  const record = async (outcome: PublishOutcome): Promise<PublishOutcome> => {
    await writeOutcome(outcomeFile(tools.git.commonDir), outcome);
    return outcome;
  };
  return recordingFailure(tools.git, target, () =>
    withLock(join(state, 'lock'), async () => {
      await rm(join(tools.git.gitDir, 'wms', 'tmp'), { recursive: true, force: true });
      await removeLeftoversBelow(state);
      const journal = await openJournal(tools, plan, state);
      try {
        const throughGit = plan.edit === null && tools.config.publish.through === 'git';
        const before = await publishedBefore(tools, plan, journal, throughGit);
        if (before !== null) {
          return await record({
            ...facts(),
            outcome: 'published-before',
            branch: before.branch,
            branchCommit: before.commit,
          });
        }
        const job = await runPipeline(tools, plan, options, journal, throughGit);
        return await record({ ...facts(), ...(await published(job, join(state, 'report', 'index.html'))) });
      } finally {
        await journal.close();
      }
    }),
  );
}

async function openJournal(tools: PublishTools, plan: PublishPlan, state: string): Promise<Journal> {
  const { target, raw, edit } = plan;
  // The same pairs can be taken out twice, when somebody has brought them back in between: from another base.
  const content = edit === null ? raw.files : [target.base, edit.merge.changes];
  const digest = () => createHash('sha256').update(JSON.stringify(content)).digest('hex');
  const key = {
    url: target.pushTo,
    branch: target.branch,
    content: target.tip ?? digest(),
    store: tools.store.url,
    directories: [tools.config.dataset.images, tools.config.dataset.masks],
  };
  return Journal.open(join(state, 'journal'), key, target.base, tools.clock.now());
}

/** The same push again, while its data branch waits on the remote; or after a kill that came just after the push. */
async function publishedBefore(
  tools: PublishTools,
  { target }: PublishPlan,
  { pushing }: Journal,
  throughGit: boolean,
): Promise<PushIntent | null> {
  if (pushing === null) return null;
  const there = await tools.git.remoteRef(target.pushTo, `refs/heads/${pushing.branch}`);
  // With raw files on it, it has become another since, when CI put them into the store.
  return there === pushing.commit || (throughGit && there !== null) ? pushing : null;
}

async function runPipeline(
  tools: PublishTools,
  plan: PublishPlan,
  options: PublishOptions,
  journal: Journal,
  throughGit: boolean,
): Promise<PublishJob> {
  const stop = new AbortController();
  const job: PublishJob = { tools, options, plan, throughGit, journal, signal: stop.signal, findings: {} };
  const { target } = plan;
  tools.reporter.heading(`${plan.edit?.title ?? describeFiles(plan.raw.files)} for ${target.branch}`);
  try {
    await runSteps(PIPELINE, job, stop);
    return job;
  } catch (error) {
    if (!(await wantsThroughGit(job, error))) throw error;
    return runPipeline(tools, plan, options, journal, true);
  }
}

/** Who may read the store but not write to it, as in some labs, can let CI do that. Throws the error with this advice. */
async function wantsThroughGit({ tools, plan, findings }: PublishJob, error: unknown): Promise<boolean> {
  const isDenied = isWmsError(error, 'credentials/denied') || isWmsError(error, 'credentials/not-allowed');
  if (!isDenied || findings.merge === undefined || plan.edit !== null || plan.replaces !== null) return false;
  const { prompter, reporter } = tools;
  const question = 'Put the raw files onto the data branch instead, for CI to upload?';
  const ask = () => {
    reporter.note(`  ${error.message}`);
    return prompter.confirm(question, false);
  };
  if (prompter.available && (await reporter.pausedFor(ask))) return true;
  const other = `Or let CI upload: write "publish": { "through": "git" } into ${CONFIG_FILE}, commit it, and push again.`;
  throw retold(error, { next: [error.next, other].filter(Boolean).join('\n') });
}

async function published(job: PublishJob, report: string) {
  const { who, merge, smoke, warnings, branch } = job.findings as Findings;
  await writeReport(report, job);
  return {
    outcome: 'published',
    branch: branch.name,
    branchCommit: branch.commit,
    branchParent: branch.parent,
    counts: merge.counts,
    removed: merge.removed,
    store: job.tools.store.url,
    who,
    smoke:
      smoke === null
        ? null
        : { images: smoke.scores.length, medianDice: smoke.medianDice, lowestDice: smoke.lowest.dice },
    warnings: warnings.length,
    report,
    messages: branch.messages,
    unsignedCommits: branch.unsigned,
  } as const;
}
