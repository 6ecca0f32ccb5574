import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { EXIT, WmsError } from '../../errors.js';
import type { ModelScores, Registry } from '../../ports/registry.js';
import type { Side } from './side.js';

/**
 * A model file with what lies beside it: `model.json` (how it is fed) and `metrics.json` (what its trainer says).
 * Throws WmsError `gate/no-model` (exit code 2).
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
  const [facts, metrics] = [await beside('model.json'), await beside('metrics.json')];
  return {
    name: file,
    version: null,
    md5: md5(model),
    files: { path: file, model, facts: facts?.toString() ?? null },
    reported:
      metrics === null ? null : reportedScores(metrics.toString(), join(dirname(file), 'metrics.json')),
  };
}

/** The Production model; null when the registry says that there is none. Throws what the registry throws. */
export async function productionSide(registry: Registry): Promise<Side | null> {
  const production = await registry.production();
  if (production === null) return null;
  const { model, facts } = await registry.load(production.version);
  const name = `Production ${/^\d/.test(production.version) ? 'v' : ''}${production.version}`;
  return {
    name,
    version: production.version,
    md5: md5(model),
    files: { path: name, model, facts },
    reported: null,
  };
}

const metricsSchema = z.object({ dice: z.number(), iou: z.number() });

/** Throws WmsError `gate/metrics` (exit code 2) for what is no JSON object; null when it has no Dice and IoU. */
function reportedScores(text: string, source: string): ModelScores | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new WmsError({
      kind: 'gate/metrics',
      code: EXIT.usage,
      what: `${source} is not valid JSON.`,
      why: (error as Error).message,
      next: 'Correct it or remove it: the gate measures by itself and only compares.',
      cause: error,
    });
  }
  return metricsSchema.safeParse(json).data ?? null;
}

async function readOptional(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new WmsError({
      kind: 'gate/unreadable',
      code: EXIT.usage,
      what: `${file} cannot be read.`,
      why: message,
      next: 'Make it a readable file, or name another one.',
      cause: error,
    });
  }
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}
