import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { placeContent } from '../clone/place-file.js';

export const STATUS_FILE = 'wms-status.json';

const text = z.string();

const statusSchema = z.object({
  version: z.literal(1),
  outcome: z.enum(['running', 'finished', 'failed', 'skipped']),
  /** Title of the step that runs, or ran last. */
  stage: text,
  startedAt: text,
  updatedAt: text,
  /** Absolute. */
  directory: text,
  command: z.array(text),
  /** Commit of the code. `isDirty`: files differ from it. */
  code: z.object({ commit: text, isDirty: z.boolean() }).nullable(),
  candidate: text.nullable(),
  group: text.nullable(),
  key: text.nullable(),
  /** Null: no tracking server is configured. */
  tracking: z.object({ uri: text, experiment: text, runId: text.nullable() }).nullable(),
  data: z.object({ from: text, commit: text.nullable(), pairs: z.number() }).nullable(),
  split: z
    .object({ hash: text, testHash: text, train: z.number(), validation: z.number(), test: z.number() })
    .nullable(),
  result: z
    .object({
      /** MD5 of model.onnx. */
      model: text,
      /** Means over the test images of the run, as we measured; null: there are none. */
      scores: z.object({ dice: z.number(), iou: z.number(), images: z.number(), testSplit: text }).nullable(),
      /** What the command wrote into metrics.json. */
      reported: z.record(text, z.number()).nullable(),
      /** Null: there is no tracking server. */
      isUploaded: z.boolean().nullable(),
    })
    .nullable(),
  error: z
    .object({ kind: text, exitCode: z.number(), what: text, why: text.nullable(), next: text.nullable() })
    .nullable(),
});

/** `wms-status.json`: where a run is and what it came to. */
export type TrainStatus = z.infer<typeof statusSchema>;

export async function writeStatus(status: TrainStatus): Promise<string> {
  const content = `${JSON.stringify(status, null, 2)}\n`;
  await placeContent(join(status.directory, STATUS_FILE), content);
  return content;
}

/** Null: there is none, or one of another version. */
export async function readStatus(directory: string): Promise<TrainStatus | null> {
  return parseStatus(await readFile(join(directory, STATUS_FILE), 'utf8').catch(() => ''));
}

export function parseStatus(content: string): TrainStatus | null {
  try {
    return statusSchema.parse(JSON.parse(content));
  } catch {
    return null;
  }
}

/** Name of the note that tells of the runs of this commit of the code. */
export function noteName(commit: string, candidate: string | null): string {
  return `training/${commit}/status${candidate === null ? '' : `-${candidate}`}`;
}
