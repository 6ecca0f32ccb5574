import * as z from 'zod';
import { verdictSchema } from '../model/verdict-file.js';
import type { StoreNotes } from '../ports/store-notes.js';

const text = z.string();

const recordSchema = z.object({
  version: z.literal(1),
  branch: text,
  /** What the checks found; null: they have not passed. */
  check: z
    .object({
      tip: text,
      objects: z.int(),
      warnings: z.array(z.object({ path: text, message: text })),
      smoke: z
        .object({
          model: text,
          images: z.int(),
          medianDice: z.number(),
          lowestDice: z.number(),
          /** Name of the pair. */
          lowest: text,
        })
        .nullable(),
    })
    .nullable(),
  /** The last job, when it failed. Holds no secret. */
  failure: z
    .object({
      job: text,
      kind: text,
      /** Null: the job ended before a command could end. */
      exitCode: z.int().nullable(),
      what: text,
      why: text.nullable(),
      next: text.nullable(),
      /** What usually is behind such words. */
      likely: text.nullable(),
      /** The end of what it printed. */
      lines: z.array(text),
      at: text,
      /** Address of the attempt of the workflow run; null: on no code host. */
      run: text.nullable().default(null),
    })
    .nullable(),
  /** The run that made the candidate; null: none has ended well. */
  training: z
    .object({
      /** Of the data branch: code and data that it was trained with. */
      tip: text,
      command: z.array(text),
      /** Of the candidate, in the registry. */
      version: text,
      /** MD5 of the ONNX file. */
      model: text,
      /** Hash of what it has not seen; null: there were no test images. */
      testSplit: text.nullable(),
      trainedAt: text,
    })
    .nullable(),
  /** What the gate said last about that candidate. */
  verdict: verdictSchema.nullable(),
  /** Pairs that got worst, as files of a commit of the remote; null: none did, or they could not be kept. */
  pictures: z
    .object({ commit: text, pairs: z.array(z.object({ file: text, name: text })) })
    .nullable()
    .default(null),
  /** When the branch was merged and its model promoted. */
  finishedAt: text.nullable(),
});

/**
 * What the jobs of a data branch tell each other: they run on different machines, one after the other. A note of the
 * store, `ci/data/YYYYMMDD-HHMMSS`.
 */
export type CiRecord = z.infer<typeof recordSchema>;
export type TrainingRecord = NonNullable<CiRecord['training']>;

/** One that cannot be read tells nothing: what it would tell is made again. */
export async function readRecord(notes: StoreNotes, branch: string): Promise<CiRecord> {
  const nothing: CiRecord = {
    version: 1,
    branch,
    check: null,
    failure: null,
    training: null,
    verdict: null,
    pictures: null,
    finishedAt: null,
  };
  const bytes = await notes.read(nameOf(branch));
  if (bytes === null) return nothing;
  try {
    const record = recordSchema.parse(JSON.parse(bytes.toString()));
    return record.branch === branch ? record : nothing;
  } catch {
    return nothing;
  }
}

/** Changes a part of what is told about the branch. */
export async function tellRecord(
  notes: StoreNotes,
  branch: string,
  change: Partial<Omit<CiRecord, 'version' | 'branch'>>,
): Promise<CiRecord> {
  const record = { ...(await readRecord(notes, branch)), ...change };
  await notes.write(nameOf(branch), Buffer.from(`${JSON.stringify(record, null, 2)}\n`));
  return record;
}

const nameOf = (branch: string): string => `ci/${branch}`;
