import { ago } from '../ago.pure.js';
import type { ModelScores, ModelVersion } from '../ports/registry.js';
import { count } from '../words.js';
import type { Baseline } from './baseline.js';

export function describeScores(scores: ModelScores | null): string {
  return scores === null ? 'not scored yet' : `Dice ${scores.dice.toFixed(4)}, IoU ${scores.iou.toFixed(4)}`;
}

/** `version 3`; a model that nobody registered says so by its own name. */
export function versionName(version: string): string {
  return /^\d+$/.test(version) ? `version ${version}` : version;
}

export function describeBaseline(
  { registry, production, promotion, unfinished }: Baseline,
  now: Date,
): string[] {
  if (production === null)
    return [
      `There is no Production model yet (${registry}).`,
      '  The first model that the gate lets through becomes it.',
    ];
  const lines = [`Production is ${versionName(production.version)} (${registry}).`];
  const note = (title: string, text: string | null) => {
    if (text !== null) lines.push(`  ${title.padEnd(9)} ${text}`);
  };
  const { scores, testSplit, trainedAt, trainingPairs, runId, dataRevision, model, createdAt } = production;
  const split = scores === null || testSplit === null ? '' : ` · test split ${testSplit.slice(0, 12)}`;
  note('Scores', `${describeScores(scores)}${split}`);
  note('Trained', trained({ trainedAt, trainingPairs }));
  note('Run', runId);
  note('Data', dataRevision === null ? null : `of commit ${dataRevision.slice(0, 12)}`);
  note('Model', model === null ? null : `MD5 ${model}`);
  const since = promotion === null ? createdAt : promotion.at;
  const by = promotion === null ? 'without the registry' : `by ${promotion.who}: ${promotion.reason}`;
  note('Since', `${ago(since, now)} (${since}) ${by}`);
  if (unfinished !== null)
    lines.push(
      '⚠ Its promotion was killed before model-metadata.json told of it.',
      `→ npx wms model promote ${unfinished}`,
    );
  return lines;
}

function trained({
  trainedAt,
  trainingPairs,
}: Pick<ModelVersion, 'trainedAt' | 'trainingPairs'>): string | null {
  const pairs = trainingPairs === null ? [] : [`with ${count(trainingPairs, 'pair')}`];
  const parts = [...(trainedAt === null ? [] : [trainedAt]), ...pairs];
  return parts.length === 0 ? null : parts.join(' ');
}
