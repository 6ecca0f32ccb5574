import { describeCounts } from '../../dataset/commit-message.pure.js';
import { EXIT, WmsError } from '../../errors.js';
import { found } from '../job.js';
import type { Step } from '../step.js';
import { images } from './images.js';

/** Shows what the dataset becomes. A replaced mask is a relabel; a replaced image needs somebody's consent. */
export const merge: Step = {
  title: 'Merge',
  needs: [images.title],
  async run(job, report) {
    const { counts, replacedImages } = found(job, 'merge');
    if (replacedImages.length > 0 && !job.options.allowReplace) {
      const names = replacedImages.map(({ relpath }) => relpath);
      const { prompter, reporter } = job.tools;
      const question = `Replace ${names.length === 1 ? `the image ${names[0]}` : `${names.length} images`} in the dataset?`;
      const agreed =
        prompter.available &&
        (await reporter.pausedFor(() => {
          for (const name of names.slice(0, 10)) reporter.note(`  ${name}`);
          return prompter.confirm(question, false);
        }));
      if (!agreed) throw wouldReplace(names);
    }
    report.done(describeCounts(counts));
  },
};

function wouldReplace(names: readonly string[]): WmsError {
  return new WmsError({
    kind: 'publish/would-replace',
    code: EXIT.conflict,
    what: `${names.length === 1 ? 'An image' : `${names.length} images`} of the dataset would get other bytes.`,
    why: names.map((name) => `${name} is in the dataset with other content`).join('\n'),
    next: 'Give the new photos other names; or, to replace on purpose: WMS_ALLOW_REPLACE=1 git push, or npx wms publish --allow-replace',
  });
}
