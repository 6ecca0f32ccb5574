import { placeContent } from '../clone/place-file.js';
import { masked } from '../mask.pure.js';
import { renderReport } from '../quality/report.js';
import type { Findings, PublishJob } from './job.js';

/** Writes the page that shows what was published. */
export async function writeReport(path: string, job: PublishJob): Promise<void> {
  const { who, merge, smoke, warnings, branch } = job.findings as Findings;
  const { store, config, clock } = job.tools;
  await placeContent(
    path,
    renderReport({
      branch: branch.name,
      remote: masked(job.plan.target.remote),
      protectedBranch: job.plan.target.branch,
      date: clock.now(),
      who,
      store: store.url,
      counts: merge.counts,
      problems: warnings,
      model: config.model.path,
      smoke,
    }),
  );
}
