import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { localError } from '../clone/local-error.js';
import { placeContent } from '../clone/place-file.js';
import { stateDirectory } from '../clone/state.js';
import { EXIT, WmsError } from '../errors.js';
import type { ObjectId } from '../ports/object-store.js';
import type { Verdict } from './verdict.js';

const md5 = z.string().regex(/^[0-9a-f]{32}$/);
const share = z.number().min(0).max(1);
const scores = z.object({ dice: share, iou: share });
const differences = z.object({ dice: z.number(), iou: z.number() });
const model = z.object({
  name: z.string(),
  model: md5,
  version: z.string().nullable(),
  scores,
  atModelSize: scores,
  reported: differences.nullable(),
});

/** As files and notes hold it. */
export const verdictSchema: z.ZodType<Verdict> = z.object({
  decision: z.enum(['better', 'first', 'not-better', 'undecided']),
  reasons: z.array(z.string()),
  next: z.string().nullable(),
  decidedAt: z.iso.datetime(),
  candidate: model.nullable(),
  baseline: model.nullable(),
  testSplit: md5.nullable(),
  images: z.int().min(0),
  comparison: z
    .object({
      meanDifference: differences,
      lowerBound: differences,
      upperBound: differences,
      wins: z.int(),
      losses: z.int(),
      ties: z.int(),
      worst: z.array(z.object({ name: z.string(), before: share, after: share })),
    })
    .nullable(),
  rules: z.object({
    firstModel: z.enum(['promote', 'refuse']),
    minDelta: z.number(),
    requireSignificant: z.boolean(),
  }),
  convention: z.string(),
});

/** @param commonDir Git directory that all worktrees share */
export function verdictPath(commonDir: string, candidate: ObjectId): string {
  return join(stateDirectory(commonDir), 'gate', `${candidate}.json`);
}

/** Replaces what was said about this candidate before. Throws as `placeContent`. */
export function writeVerdict(commonDir: string, candidate: ObjectId, verdict: Verdict): Promise<void> {
  return placeContent(verdictPath(commonDir, candidate), `${JSON.stringify(verdict, null, 2)}\n`);
}

/**
 * What the gate said last about this candidate in this clone; null when it was not asked.
 * Throws WmsError `gate/verdict-unreadable` (exit code 11): what cannot be read never passes.
 */
export async function readVerdict(commonDir: string, candidate: ObjectId): Promise<Verdict | null> {
  const file = verdictPath(commonDir, candidate);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw localError(error, file);
  });
  if (text === null) return null;
  try {
    return verdictSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new WmsError({
      kind: 'gate/verdict-unreadable',
      code: EXIT.gateUndecided,
      what: `${file} is no verdict of the gate.`,
      why: error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message,
      next: 'Ask the gate again: npx wms model gate --candidate FILE',
      cause: error,
    });
  }
}
