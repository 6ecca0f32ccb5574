import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { ModelFiles } from '../model/inference/open-model.js';

export const MODEL = 'model.onnx';
export const FACTS = 'model.json';
export const METRICS = 'metrics.json';

/** The model that a command left; null when there is none. */
export async function readModel(directory: string): Promise<ModelFiles | null> {
  const model = await readIfThere(join(directory, MODEL));
  if (model === null) return null;
  const facts = await readIfThere(join(directory, FACTS));
  return { path: join(directory, MODEL), model, facts: facts?.toString() ?? null };
}

/** What `metrics.json` says: numbers by name. Null: there is none. `problem`: why it cannot be used. */
export async function readReported(
  directory: string,
): Promise<{ readonly metrics: Record<string, number> | null; readonly problem: string | null }> {
  const text = (await readIfThere(join(directory, METRICS)))?.toString() ?? null;
  if (text === null) return { metrics: null, problem: null };
  try {
    return { metrics: z.record(z.string(), z.number()).parse(JSON.parse(text)), problem: null };
  } catch {
    return { metrics: null, problem: `${METRICS} is no JSON object of numbers` };
  }
}

async function readIfThere(file: string): Promise<Buffer | null> {
  return readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
}
