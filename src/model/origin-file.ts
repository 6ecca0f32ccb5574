import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { ObjectId } from '../ports/object-store.js';
import type { ModelOrigin } from '../ports/registry.js';

type TrainingFacts = Omit<ModelOrigin, 'scores' | 'testSplit' | 'who'>;

/** What we read of the `wms-status.json` that a training run leaves beside its model. */
const statusSchema = z.object({
  updatedAt: z.string(),
  code: z.object({ commit: z.string() }).nullable(),
  tracking: z.object({ runId: z.string().nullable() }).nullable(),
  data: z.object({ commit: z.string().nullable() }).nullable(),
  split: z.object({ train: z.int(), validation: z.int(), test: z.int() }).nullable(),
  result: z.object({ model: z.string() }),
});

const NOTHING: TrainingFacts = {
  runId: null,
  dataRevision: null,
  gitCommit: null,
  trainedAt: null,
  trainingPairs: null,
};

/** How the model in `directory` was trained; all null when no run there tells of these very bytes. */
export async function readTrainingFacts(directory: string, model: ObjectId): Promise<TrainingFacts> {
  const text = await readFile(join(directory, 'wms-status.json'), 'utf8').catch(() => null);
  const status = text === null ? undefined : statusSchema.safeParse(jsonOf(text)).data;
  if (status === undefined || status.result.model !== model) return NOTHING;
  const { split } = status;
  return {
    runId: status.tracking?.runId ?? null,
    dataRevision: status.data?.commit ?? null,
    gitCommit: status.code?.commit ?? null,
    trainedAt: status.updatedAt,
    trainingPairs: split === null ? null : split.train + split.validation + split.test,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
