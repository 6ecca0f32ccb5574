import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { EXIT, WmsError } from '../../errors.js';
import type { Registry } from '../../ports/registry.js';
import type { Side } from './side.js';

/**
 * A model file with what lies beside it: `model.json` (how it is fed), `metrics.json` (what its trainer says),
 * `split.json` (what it was not trained on). Throws WmsError (exit code 2) `gate/no-model`, `gate/unreadable`.
 */
export async function readSide(file: string): Promise<Side> {
  const beside = (name: string) => readOptional(join(dirname(resolve(file)), name));
  const model = await readOptional(resolve(file));
  if (model === null) {
    throw new WmsError({
      kind: 'gate/no-model',
      code: EXIT.usage,
      what: `There is no model file ${file}.`,
      next: 'Name the ONNX file that training wrote, for example: npx wms model gate --candidate out/model.onnx',
    });
  }
  const parse = (name: string, text: Buffer) => parseJson(text.toString(), join(dirname(file), name));
  const [facts, metrics, split] = [
    await beside('model.json'),
    await beside('metrics.json'),
    await beside('split.json'),
  ];
  return {
    name: file,
    version: null,
    md5: md5(model),
    files: { path: file, model, facts: facts?.toString() ?? null },
    // Trainers write many things here; without Dice and IoU it says nothing to us.
    reported: metrics === null ? null : (scoresSchema.safeParse(parse('metrics.json', metrics)).data ?? null),
    keptOut: split === null ? null : keptOutIn(parse('split.json', split), join(dirname(file), 'split.json')),
  };
}

/** The Production model; null when the registry says that there is none. Throws what the registry throws. */
export async function productionSide(registry: Registry): Promise<Side | null> {
  const production = await registry.production();
  if (production === null) return null;
  const name = `Production ${/^\d/.test(production.version) ? 'v' : ''}${production.version}`;
  return registeredSide(registry, production.version, { name, path: name, keptOut: null });
}

/** A version of the registry. `keptOut`: hash of the test split that it has not seen. Throws what the registry throws. */
export async function registeredSide(
  registry: Registry,
  version: string,
  { name, path, keptOut }: { readonly name: string; readonly path: string; readonly keptOut: string | null },
): Promise<Side> {
  const { model, facts } = await registry.load(version);
  return { name, version, md5: md5(model), files: { path, model, facts }, reported: null, keptOut };
}

const scoresSchema = z.object({ dice: z.number(), iou: z.number() });
const splitSchema = z.object({ testHash: z.string() });

function keptOutIn(split: unknown, source: string): string {
  const { data } = splitSchema.safeParse(split);
  if (data !== undefined) return data.testHash;
  throw unreadable(source, 'It does not name the test split (testHash): nobody knows what was trained on.');
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unreadable(source, (error as Error).message, error);
  }
}

function unreadable(file: string, why: string, cause?: unknown): WmsError {
  return new WmsError({
    kind: 'gate/unreadable',
    code: EXIT.usage,
    what: `${file} cannot be read.`,
    why,
    next: 'Restore it from the run that made the model, or name another model.',
    cause,
  });
}

async function readOptional(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw unreadable(file, message, error);
  }
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}
