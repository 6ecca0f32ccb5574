import { EXIT, isWmsError, type WmsError } from '../../errors.js';
import type { Clock } from '../../ports/clock.js';
import type { ModelRunner } from '../../ports/model-runner.js';
import { scoreModels } from '../scores/score-models.js';
import { CONVENTION } from '../scores/score-pair.js';
import type { TestPair } from '../scores/test-pair.js';
import { splitHash } from '../split-hash.pure.js';
import type { Verdict } from '../verdict.js';
import { type ComparedPair, type DrawnPair, drawChanges } from './changes.js';
import type { GateRules } from './conditions.pure.js';
import { decide } from './decide.pure.js';
import { openSide, type Side, scoredModel } from './side.js';
import { passes } from './table.pure.js';

export interface GateRequest {
  readonly runner: ModelRunner;
  readonly clock: Clock;
  readonly rules: GateRules;
  readonly candidate: Side;
  /** Null only when it is certain that there is no Production model. */
  baseline(): Promise<Side | null>;
  testPairs(): Promise<readonly TestPair[]>;
  /** The test split is the dataset's: the candidate must have kept out the same one. */
  readonly ownSplit: boolean;
  /** Draw the images that changed most. */
  readonly pictures: boolean;
  /** Told after each pair. */
  readonly onProgress?: (done: number, of: number) => void;
}

export interface GateOutcome {
  readonly verdict: Verdict;
  /** Every image; empty when it came to no scores. */
  readonly images: readonly ComparedPair[];
  readonly drawn: readonly DrawnPair[];
}

/**
 * Scores the candidate and Production on the same test pairs and decides. What keeps it from knowing (no registry, no
 * test images, a model that fails) is an undecided verdict; wrong settings are thrown: WmsError with exit code 2.
 */
export async function runGate(request: GateRequest): Promise<GateOutcome> {
  const nothing = {
    candidate: null,
    baseline: null,
    testSplit: null,
    images: 0,
    comparison: null,
    rules: request.rules,
    convention: CONVENTION,
    decidedAt: request.clock.now().toISOString(),
  };
  const undecided = (reason: string, next: string | null, known: Partial<Verdict> = {}): GateOutcome => ({
    verdict: { ...nothing, ...known, decision: 'undecided', reasons: [reason], next },
    images: [],
    drawn: [],
  });
  let baseline: Side | null;
  let pairs: readonly TestPair[];
  try {
    baseline = await request.baseline();
    pairs = await request.testPairs();
  } catch (error) {
    if (!isWmsError(error) || error.code === EXIT.usage) throw error;
    return undecided(sentence(error), error.next || null);
  }
  if (pairs.length === 0) return undecided('There are no test images.', null);
  const testSplit = splitHash(pairs);
  const known = { testSplit, images: pairs.length };
  const { keptOut } = request.candidate;
  if (request.ownSplit && keptOut !== null && keptOut !== testSplit) {
    return undecided(
      `The candidate was trained with another test split (${keptOut.slice(0, 8)}) than the one here (${testSplit.slice(0, 8)}): it may have seen these images.`,
      'Gate it on the revision that it was trained on, or train it again on this one.',
      known,
    );
  }
  try {
    return await compare(request, baseline, pairs, { ...nothing, ...known });
  } catch (error) {
    if (!isWmsError(error)) throw error;
    return undecided(sentence(error), error.next || null, known);
  }
}

async function compare(
  request: GateRequest,
  baseline: Side | null,
  pairs: readonly TestPair[],
  known: Omit<Verdict, 'decision' | 'reasons' | 'next'>,
): Promise<GateOutcome> {
  const sides = baseline === null ? [request.candidate] : [request.candidate, baseline];
  const models = [];
  try {
    for (const side of sides) models.push(await openSide(request.runner, side));
    const scored = await scoreModels(models, pairs, request.onProgress);
    const scoresOf = (at: number) =>
      scored.map(({ name, scores }) => ({ name, ...(scores[at] as (typeof scores)[number]) }));
    const [candidates, baselines] = [scoresOf(0), baseline === null ? null : scoresOf(1)];
    const native = (scores: typeof candidates) => scores.map(({ name, native }) => ({ name, ...native }));
    const evidence = {
      candidate: native(candidates),
      baseline: baselines === null ? null : native(baselines),
    };
    const images = candidates.map(({ name, native }, at) => ({
      name,
      candidate: native,
      baseline: baselines?.[at]?.native ?? null,
    }));
    const ruling = decide(evidence, request.rules);
    return {
      verdict: {
        ...known,
        ...ruling,
        next: passes(ruling) ? `npx wms model promote ${request.candidate.files.path}` : null,
        candidate: scoredModel(request.candidate, candidates),
        baseline: baseline === null || baselines === null ? null : scoredModel(baseline, baselines),
      },
      images,
      drawn: request.pictures ? await drawChanges(models, pairs, images) : [],
    };
  } finally {
    await Promise.all(models.map((model) => model.close()));
  }
}

/** An error on one line. */
function sentence({ message, why = '' }: WmsError): string {
  const what = message.replace(/\.$/, '');
  return why === '' ? `${what}.` : `${what}: ${why.split('\n', 1)[0]}`;
}
