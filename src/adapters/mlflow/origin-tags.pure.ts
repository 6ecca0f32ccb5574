import type { ObjectId } from '../../ports/object-store.js';
import type { ModelOrigin } from '../../ports/registry.js';

/** Tag that makes a version findable by the MD5 of its ONNX file. */
export const MODEL_TAG = 'wms.model-md5';

const TAGS = {
  testSplit: 'wms.test-split',
  dataRevision: 'wms.data-revision',
  gitCommit: 'wms.git-commit',
  trainedAt: 'wms.trained-at',
  who: 'wms.who',
} as const;
const DICE = 'wms.dice';
const IOU = 'wms.iou';
const PAIRS = 'wms.training-pairs';
/** Says that the version's run was only made to hold its files. */
const OWN_RUN = 'wms.own-run';

/** Tags of a model version; the run is MLflow's own field. What is not told has no tag of its own. */
export function originTags(model: ObjectId, origin: ModelOrigin): Record<string, string> {
  const { runId, scores, trainingPairs } = origin;
  const told = Object.entries(TAGS).flatMap(([field, tag]) => {
    const value = origin[field as keyof typeof TAGS];
    return value === null ? [] : [[tag, value] as const];
  });
  return {
    [MODEL_TAG]: model,
    ...(runId === null ? { [OWN_RUN]: 'true' } : {}),
    ...(scores === null ? {} : { [DICE]: String(scores.dice), [IOU]: String(scores.iou) }),
    ...(trainingPairs === null ? {} : { [PAIRS]: String(trainingPairs) }),
    ...Object.fromEntries(told),
  };
}

/** `runId` is MLflow's own field; empty for a version without a run. */
export function readOrigin(
  tags: ReadonlyMap<string, string>,
  runId: string,
): ModelOrigin & { readonly model: ObjectId | null } {
  const text = (tag: string) => tags.get(tag) ?? null;
  const [dice, iou, pairs] = [number(tags.get(DICE)), number(tags.get(IOU)), number(tags.get(PAIRS))];
  const model = text(MODEL_TAG);
  return {
    runId: runId === '' || tags.has(OWN_RUN) ? null : runId,
    model: model !== null && /^[0-9a-f]{32}$/.test(model) ? model : null,
    scores: dice === null || iou === null ? null : { dice, iou },
    trainingPairs: pairs,
    testSplit: text(TAGS.testSplit),
    dataRevision: text(TAGS.dataRevision),
    gitCommit: text(TAGS.gitCommit),
    trainedAt: text(TAGS.trainedAt),
    who: text(TAGS.who),
  };
}

function number(text: string | undefined): number | null {
  const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}
