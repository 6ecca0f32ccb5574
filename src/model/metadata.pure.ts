import * as z from 'zod';
import type { ModelScores, ModelVersion } from '../ports/registry.js';
import type { Verdict } from './verdict.js';

/** At the top of the repository: what is in Production, readable without any server. */
export const METADATA_FILE = 'model-metadata.json';

const fraction = z.number().min(0).max(1);
const scores = z.strictObject({ dice: fraction, iou: fraction }).nullable();

const metadataSchema = z.strictObject({
  model_version: z.string().describe('Version in the registry.'),
  run_id: z.string().nullable().describe('Training run on the tracking server.'),
  metrics: scores.describe('Means over the test images, as the gate measured them.'),
  baseline: scores.describe('The same of the model that it replaced, on the same test images.'),
  trained_at: z.string().nullable().describe('When the training ended.'),
  training_data_count: z
    .int()
    .nonnegative()
    .nullable()
    .describe('Pairs of its training run: training, validation and test.'),
  github_run: z.string().nullable().describe('Address of the workflow run that promoted it.'),
  model_md5: z.string().nullable().describe('MD5 of the ONNX file.'),
  data_revision: z.string().nullable().describe('Commit whose pointers name the training data.'),
  test_split: z
    .string()
    .nullable()
    .describe('Hash of the test images; scores of other hashes do not compare.'),
  gate: z
    .strictObject({
      decision: z.enum(['better', 'first']),
      decided_at: z.iso.datetime(),
      images: z.int().nonnegative(),
    })
    .nullable()
    .describe('What the gate said; null after a rollback.'),
});

export type ModelMetadata = z.output<typeof metadataSchema>;

export interface PromotedBy {
  readonly baseline: ModelScores | null;
  readonly githubRun: string | null;
  readonly verdict: Verdict | null;
}

export function metadataOf(
  version: ModelVersion,
  { baseline, githubRun, verdict }: PromotedBy,
): ModelMetadata {
  const decision = verdict?.decision;
  const passed = decision === 'better' || decision === 'first';
  return {
    model_version: version.version,
    run_id: version.runId,
    metrics: verdict?.candidate?.scores ?? version.scores,
    baseline: verdict?.baseline?.scores ?? baseline,
    trained_at: version.trainedAt,
    training_data_count: version.trainingPairs,
    github_run: githubRun,
    model_md5: version.model,
    data_revision: version.dataRevision,
    test_split: verdict?.testSplit ?? version.testSplit,
    gate:
      verdict !== null && passed ? { decision, decided_at: verdict.decidedAt, images: verdict.images } : null,
  };
}

/** Scores of the version that `version` replaced, where they are of the same test images. */
export function comparableScores(version: ModelVersion, replaced: ModelVersion | null): ModelScores | null {
  const isSame = version.testSplit !== null && version.testSplit === replaced?.testSplit;
  return isSame ? (replaced?.scores ?? null) : null;
}

/** Keys in the order of the schema, numbers as measured. */
export function renderMetadata(metadata: ModelMetadata): string {
  return `${JSON.stringify(metadataSchema.parse(metadata), null, 2)}\n`;
}

/** Null: not the text of such a file. */
export function parseMetadata(text: string): ModelMetadata | null {
  try {
    return metadataSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Description of `model-metadata.json` for programs that read it. */
export function metadataJsonSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(metadataSchema, { target: 'draft-7' });
  return { $schema, title: METADATA_FILE, description: 'The Production model of wms-hooks.', ...rest };
}
