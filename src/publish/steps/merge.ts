import { describeCounts } from '../../dataset/commit-message.pure.js';
import { EXIT, WmsError } from '../../errors.js';
import { showPath } from '../../show-path.js';
import { shortList } from '../../words.js';
import { found, type PublishJob } from '../job.js';
import type { Step } from '../step.js';
import { images } from './images.js';

const SHOWN = 10;

/**
 * Shows what the dataset becomes. A replaced mask is a relabel; a replaced image and a removed pair need somebody's
 * consent.
 */
export const merge: Step = {
  title: 'Merge',
  needs: [images.title],
  async run(job, report) {
    const { counts, replacedImages, removed } = found(job, 'merge');
    const { allowReplace, allowRemove } = job.options;
    if (replacedImages.length > 0 && !allowReplace) {
      const names = replacedImages.map(({ relpath }) => relpath);
      const what = names.length === 1 ? `the image ${names[0]}` : `${names.length} images`;
      if (!(await agreed(job, `Replace ${what} in the dataset?`, names))) throw wouldReplace(names);
    }
    if (removed.length > 0 && !allowRemove) {
      const what = removed.length === 1 ? removed[0] : `${removed.length} pairs`;
      if (!(await agreed(job, `Take ${what} out of the dataset?`, removed))) throw wouldRemove(removed);
    }
    report.done(describeCounts(counts));
  },
};

async function agreed({ tools }: PublishJob, question: string, names: readonly string[]): Promise<boolean> {
  const { prompter, reporter } = tools;
  if (!prompter.available) return false;
  return reporter.pausedFor(() => {
    for (const name of names.slice(0, SHOWN)) reporter.note(`  ${showPath(name)}`);
    if (names.length > SHOWN) reporter.note(`  … and ${names.length - SHOWN} more`);
    return prompter.confirm(question, false);
  });
}

function wouldReplace(names: readonly string[]): WmsError {
  return new WmsError({
    kind: 'publish/would-replace',
    code: EXIT.conflict,
    what: `${names.length === 1 ? 'An image' : `${names.length} images`} of the dataset would get other bytes.`,
    why: names.map((name) => `${name} is in the dataset with other content`).join('\n'),
    next: 'Give the new photos other names; or, to replace on purpose: WMS_ALLOW_REPLACE=1 git push, or npx wms publish --allow-replace',
  });
}

function wouldRemove(pairs: readonly string[]): WmsError {
  const one = pairs.length === 1;
  return new WmsError({
    kind: 'publish/would-remove',
    code: EXIT.usage,
    what: `${one ? 'A pair' : `${pairs.length} pairs`} would leave the dataset. Nothing was changed.`,
    why: shortList(pairs.map(showPath)),
    next: 'To agree beforehand, run the same command with --yes; to see all files of it, with --dry-run.',
  });
}
