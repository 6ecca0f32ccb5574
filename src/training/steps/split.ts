import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { placeFile } from '../../clone/place-file.js';
import { EXIT, WmsError } from '../../errors.js';
import { datasetSplit } from '../data/dataset-split.js';
import { found } from '../job.js';
import { SPLITS } from '../split/home.pure.js';
import { countsOf, splitRecord } from '../split/record.js';
import { sampleSplit } from '../split/sampling.pure.js';
import type { Step } from '../step.js';

/** Who is trained on, and who never. */
export const split: Step = {
  title: 'Split',
  async run(job, report) {
    const { tools, options, findings, directory, signal } = job;
    const ratios = tools.config.train.split;
    const source = found(job, 'source');
    const { pairs: whole, leftOut } = await datasetSplit(
      tools.git,
      found(job, 'pairs'),
      source,
      ratios,
      report,
      signal,
    );
    const { sampling } = options;
    const pairs = sampling === null ? whole : sampleSplit(whole, sampling);
    if (pairs.train.length === 0) throw nothingToTrain(source.facts.from);
    const record = splitRecord({ pairs, whole, leftOut, ratios, sampling, data: source.facts });
    await placeFile(join(directory, 'split.json'), (file) =>
      writeFile(file, `${JSON.stringify(record, null, 1)}\n`),
    );
    findings.split = record;
    findings.chosen = SPLITS.flatMap((name) => pairs[name]);
    findings.testPairs = pairs.test;
    job.status.split = { hash: record.hash, testHash: record.testHash, ...countsOf(pairs) };
    const counts = SPLITS.map((name) => {
      const [before, after] = [whole[name].length, pairs[name].length];
      return `${name} ${before === after ? after : `${before} → ${after}`}`;
    }).join(', ');
    const sampled =
      sampling === null
        ? ''
        : ` · sample of ${sampling.maxImages} (${sampling.strategy}, seed ${sampling.seed})`;
    const out =
      leftOut.length === 0 ? '' : ` · ${leftOut.length} left out: near duplicates of images in another split`;
    const text = `${counts}${sampled}${out}`;
    const empty = SPLITS.filter((name) => ratios[name] > 0 && pairs[name].length === 0);
    if (empty.length === 0) report.done(text);
    else report.warned(`${text}; too few images for any in ${empty.join(' and ')}`);
  },
};

function nothingToTrain(from: string): WmsError {
  return new WmsError({
    kind: 'train/nothing-to-train',
    code: EXIT.usage,
    what: `No image of ${from} falls into the training split.`,
    why: 'With so few images, chance has put all of them elsewhere.',
    next: 'Publish more images, or change train.split in wms.config.json.',
  });
}
