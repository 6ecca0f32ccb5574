import { createHash } from 'node:crypto';
import * as z from 'zod';
import { splitHash } from '../../model/split-hash.pure.js';
import type { DataFacts } from '../data/source.js';
import { type Ratios, SPLITS, type SplitName } from './home.pure.js';
import type { TrainingPair } from './pair.js';
import type { Sampling } from './sampling.pure.js';
import type { LeftOut } from './split.pure.js';

/** How the split was decided; another way gets another name. */
const RULE = 'perceptual-1';

const text = z.string();
const pair = z.object({ image: text, mask: text, imageMd5: text, maskMd5: text });
const splitSchema = z.object({
  version: z.literal(1),
  rule: text,
  ratios: z.object({ train: z.number(), validation: z.number(), test: z.number() }),
  data: z.object({ from: text, commit: text.nullable(), content: text }),
  /** Pairs before and after sampling; null: all are used. */
  sampling: z
    .object({
      maxImages: z.number(),
      strategy: text,
      seed: text,
      original: z.record(text, z.number()),
      sampled: z.record(text, z.number()),
    })
    .nullable(),
  /** MD5 of the three lists. */
  hash: text,
  /** splitHash of the whole test split, before sampling: no image of it was trained on. */
  testHash: text,
  train: z.array(pair),
  validation: z.array(pair),
  test: z.array(pair),
  leftOut: z.array(z.object({ image: text, like: text, likeIn: text })),
});

/** `split.json`: paths are below `images` and `masks`. */
export type SplitRecord = z.infer<typeof splitSchema>;

type Pairs = Readonly<Record<SplitName, readonly TrainingPair[]>>;

export function splitRecord(of: {
  readonly pairs: Pairs;
  readonly whole: Pairs;
  readonly leftOut: readonly LeftOut[];
  readonly ratios: Ratios;
  readonly sampling: Sampling | null;
  readonly data: DataFacts;
}): SplitRecord {
  const { pairs, whole, leftOut, ratios, sampling, data } = of;
  return {
    version: 1,
    rule: RULE,
    ratios: { ...ratios },
    data,
    sampling: sampling === null ? null : { ...sampling, original: countsOf(whole), sampled: countsOf(pairs) },
    hash: createHash('md5')
      .update(SPLITS.map((name) => splitHash(pairs[name])).join('\n'))
      .digest('hex'),
    testHash: splitHash(whole.test),
    train: pairs.train.map(entryOf),
    validation: pairs.validation.map(entryOf),
    test: pairs.test.map(entryOf),
    leftOut: leftOut.map(({ pair: { relpath }, like, likeIn }) => ({ image: relpath, like, likeIn })),
  };
}

export function countsOf(pairs: Pairs): Record<SplitName, number> {
  return { train: pairs.train.length, validation: pairs.validation.length, test: pairs.test.length };
}

function entryOf({ relpath, maskPath, image, mask }: TrainingPair) {
  return { image: relpath, mask: maskPath, imageMd5: image, maskMd5: mask };
}
