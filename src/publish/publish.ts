import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { withLock } from '../clone/lock.js';
import { removeLeftoversBelow } from '../clone/place-file.js';
import { stateDirectory } from '../clone/state.js';
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
        const before = await publishedBefore(tools, plan, journal);
        if (before !== null) {
          return await record({
            ...facts(),
            outcome: 'published-before',
            branch: before.branch,
            branchCommit: before.commit,
          });
        }
        const job = await runPipeline(tools, plan, options, journal);
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
): Promise<PushIntent | null> {
  if (pushing === null) return null;
  const there = await tools.git.remoteRef(target.pushTo, `refs/heads/${pushing.branch}`);
  return there === pushing.commit ? pushing : null;
}

async function runPipeline(
  tools: PublishTools,
  plan: PublishPlan,
  options: PublishOptions,
  journal: Journal,
): Promise<PublishJob> {
  const stop = new AbortController();
  const job: PublishJob = { tools, options, plan, journal, signal: stop.signal, findings: {} };
  const { target } = plan;
  tools.reporter.heading(`${plan.edit?.title ?? describeFiles(plan.raw.files)} for ${target.branch}`);
  await runSteps(PIPELINE, job, stop);
  return job;
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
