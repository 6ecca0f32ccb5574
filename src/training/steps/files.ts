import { join } from 'node:path';
import { grouped } from '../../words.js';
import { placePairs } from '../data/place-pairs.js';
import { found } from '../job.js';
import type { Step } from '../step.js';

/** Directory of the run with exactly the pairs of split.json: a command that reads all there is keeps to the sample. */
export const DATA = 'data';

export const files: Step = {
  title: 'Files',
  async run(job, report) {
    const chosen = found(job, 'chosen');
    const target = join(job.directory, DATA);
    await placePairs(chosen, found(job, 'source'), target, report, job.signal);
    report.done(`${grouped(chosen.length)} pairs in ${join(job.place, DATA)}`);
  },
};
