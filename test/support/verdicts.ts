import type { ScoredModel, Verdict } from '../../src/model/verdict.js';

export const CANDIDATE_MD5 = 'c'.repeat(32);

export function scoredModel(changes: Partial<ScoredModel> = {}): ScoredModel {
  return {
    name: 'out/model.onnx',
    model: CANDIDATE_MD5,
    version: null,
    scores: { dice: 0.8, iou: 0.7 },
    atModelSize: { dice: 0.81, iou: 0.71 },
    reported: null,
    ...changes,
  };
}

/** A verdict that lets a candidate pass. */
export function verdict(changes: Partial<Verdict> = {}): Verdict {
  return {
    decision: 'better',
    reasons: ['Mean Dice is +0.1000, mean IoU +0.1000 against Production.'],
    next: null,
    decidedAt: '2026-11-21T10:15:00.000Z',
    candidate: scoredModel(),
    baseline: scoredModel({
      name: 'Production v7',
      model: 'b'.repeat(32),
      version: '7',
      scores: { dice: 0.7, iou: 0.6 },
      atModelSize: { dice: 0.71, iou: 0.61 },
    }),
    testSplit: 'a'.repeat(32),
    images: 12,
    comparison: {
      meanDifference: { dice: 0.1, iou: 0.1 },
      lowerBound: { dice: 0.04, iou: 0.03 },
      upperBound: { dice: 0.16, iou: 0.17 },
      wins: 10,
      losses: 1,
      ties: 1,
      worst: [{ name: 'meter_0007.jpg', before: 0.9, after: 0.4 }],
    },
    rules: { firstModel: 'promote', minDelta: 0, requireSignificant: false },
    convention: 'per image',
    ...changes,
  };
}
