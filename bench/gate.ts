import { comparePairs, type ScorePair } from '../src/model/gate/comparison.pure.js';
import { examine, type GateRules } from '../src/model/gate/conditions.pure.js';
import type { Overlap } from '../src/model/metrics.js';
import { seededRandom } from '../src/seeded-random.pure.js';
import { heading, printTable } from './support/table.js';

const TRIALS = 400;
const IMAGES = [5, 10, 20, 50, 100];
/** Dice of a small U-Net on 60 photos of water meters, as shares of the images that score less. */
const MEASURED: readonly (readonly [share: number, dice: number])[] = [
  [0, 0],
  [0.05, 0.19],
  [0.1, 0.46],
  [0.25, 0.78],
  [0.5, 0.9],
  [0.75, 0.94],
  [0.9, 0.96],
  [1, 0.97],
];
/** Two trainings of the same kind differ on an image by this much (standard deviation of Dice). */
const SPREAD = 0.08;
/** A real gain: mean Dice, before scores are cut at 1. */
const GAIN = 0.025;

const PLAIN: GateRules = { firstModel: 'promote', minDelta: 0, requireSignificant: false };
const SIGNIFICANT: GateRules = { ...PLAIN, requireSignificant: true };

const random = seededRandom(7);

/** How easy an image is, drawn from the measured distribution. */
function drawDice(): number {
  const at = random();
  const upper = MEASURED.findIndex(([share]) => share >= at);
  const [[low, from], [high, to]] = [MEASURED[Math.max(0, upper - 1)], MEASURED[Math.max(1, upper)]] as [
    readonly [number, number],
    readonly [number, number],
  ];
  return from + ((to - from) * (at - low)) / (high - low);
}

function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function scoreOf(dice: number): Overlap {
  const cut = Math.min(1, Math.max(0, dice));
  return { dice: cut, iou: cut / (2 - cut) };
}

/** Scores of two trainings on the same images; the candidate is better by `gain`. */
function drawTest(images: number, gain: number): ScorePair[] {
  return Array.from({ length: images }, (_, i) => {
    const easy = drawDice();
    const training = () => easy + (normal() * SPREAD) / Math.SQRT2;
    return { name: String(i), baseline: scoreOf(training()), candidate: scoreOf(training() + gain) };
  });
}

/** Shares of trials that each rule lets pass. */
function passing(images: number, gain: number): string[] {
  const passed = [0, 0];
  for (let trial = 0; trial < TRIALS; trial++) {
    const comparison = comparePairs(drawTest(images, gain));
    for (const [at, rules] of [PLAIN, SIGNIFICANT].entries()) {
      if (examine(comparison, rules).lacks.length === 0) passed[at] = (passed[at] ?? 0) + 1;
    }
  }
  return passed.map((count) => `${((count / TRIALS) * 100).toFixed(1)} %`);
}

heading(
  'What the gate lets pass',
  `Simulated: ${TRIALS} pairs of trainings per number, seeded. "No better": both are of the same kind. "Better": Dice is ${GAIN} higher before it is cut at 1. Per image the two differ by ${SPREAD} (standard deviation of Dice).`,
);
printTable(
  ['test images', 'no better: plain', 'significant', 'better: plain', 'significant'],
  IMAGES.map((images) => [String(images), ...passing(images, 0), ...passing(images, GAIN)]),
);
