import { createHash } from 'node:crypto';
import { EXIT, WmsError } from '../errors.js';

export interface Weighted {
  readonly name: string;
  /** Shares of the requests, relative to the others'. */
  readonly weight: number;
}

export interface VariantFlag extends Weighted {
  /** A path, `production`, or a version of the registry. */
  readonly model: string;
}

export const VARIANT_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$/;

/** `NAME=MODEL:WEIGHT`. Throws WmsError `serve/variant-invalid` (exit code 2). */
export function parseVariants(texts: readonly string[]): VariantFlag[] {
  const variants = texts.map(parse);
  const names = variants.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw invalid(`two variants are named ${twice}`);
  if (!variants.some(({ weight }) => weight > 0)) throw invalid('all weights are 0');
  return variants;
}

function parse(text: string): VariantFlag {
  const { name, model, weight } = /^(?<name>[^=]*)=(?<model>.+):(?<weight>[^:]*)$/.exec(text)?.groups ?? {};
  if (name === undefined || model === undefined || weight === undefined) {
    throw invalid(`"${text}" is not of the form NAME=MODEL:WEIGHT`);
  }
  if (!VARIANT_NAME.test(name)) throw invalid(`"${name}" is no name: letters, digits, "_", "." and "-"`);
  if (!/^\d+(?:\.\d+)?$/.test(weight)) throw invalid(`"${weight}" is no weight: a number, 0 or more`);
  return { name, model, weight: Number(weight) };
}

function invalid(why: string): WmsError {
  return new WmsError({
    kind: 'serve/variant-invalid',
    code: EXIT.usage,
    what: 'The variants cannot be served.',
    why,
    next: 'For example: npx wms serve --variant a=production:90 --variant b=out/model.onnx:10',
  });
}

/**
 * The variant of a client: the same key gets the same one, and each gets its share of all keys. Weighted rendezvous
 * hashing (Schindelhauer and Schomaker 2005): a changed weight moves only as many keys as it must.
 * @param key of the client; null takes `random`, from 0 to below 1
 */
export function chooseVariant<T extends Weighted>(
  variants: readonly T[],
  key: string | null,
  random: number,
): T {
  const scores = variants.map((variant) => ({ variant, score: scoreOf(variant, key ?? String(random)) }));
  return scores.reduce((best, other) => (other.score > best.score ? other : best)).variant;
}

function scoreOf({ name, weight }: Weighted, key: string): number {
  const hash = createHash('sha256').update(`${name}\0${key}`).digest().readUIntBE(0, 6);
  return weight === 0 ? Number.NEGATIVE_INFINITY : weight / -Math.log((hash + 0.5) / 2 ** 48);
}
