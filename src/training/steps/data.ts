import { EXIT, WmsError } from '../../errors.js';
import { grouped } from '../../words.js';
import { openDirectory } from '../data/directory-source.js';
import { pairUp } from '../data/pairs.pure.js';
import { openRevision } from '../data/revision-source.js';
import type { Step } from '../step.js';

/** Which images there are, and their masks. */
export const data: Step = {
  title: 'Data',
  async run(job, report) {
    const { tools, options, findings } = job;
    const source =
      options.data === null
        ? await openRevision(await tools.openDataset(), options.revision, report)
        : await openDirectory(options.data, report);
    const { pairs, unpaired } = pairUp(source.files);
    if (pairs.length === 0) throw noPairs(source.facts.from);
    Object.assign(findings, { source, pairs, unpaired });
    const { from, commit } = source.facts;
    job.status.data = { from, commit, pairs: pairs.length };
    const at = commit === null ? from : `${from} (${commit.slice(0, 10)})`;
    const counts = `${at} · ${grouped(pairs.length)} pairs`;
    if (unpaired.length === 0) report.done(counts);
    else
      report.warned(
        `${counts}; ${unpaired.length} files without counterpart are left out, the first is ${unpaired[0]}`,
      );
  },
};

function noPairs(from: string): WmsError {
  return new WmsError({
    kind: 'train/no-pairs',
    code: EXIT.usage,
    what: `${from} has no image with a mask.`,
    why: 'An image and its mask have the same path, without extension, below images and masks.',
    next: 'Publish pairs first, or name another revision with --rev.',
  });
}
