import * as z from 'zod';
import type { ModelVersion, Promotion } from '../../ports/registry.js';

const md5 = z.string().regex(/^[0-9a-f]{32}$/, 'must be an MD5: 32 hex digits');
const fraction = z.number().min(0).max(1);
const version = z
  .string()
  .regex(/^([1-9]\d{0,8}|unregistered-[0-9a-f]{10})$/, 'must be a version: "1", "2", …');

/** A model version as the repository keeps it. */
const versionSchema = z.strictObject({
  version,
  model: md5,
  /** Bytes of the ONNX file; null where a pointer made by hand does not tell. */
  size: z.int().nonnegative().nullable(),
  /** MD5 of the text of its `model.json`, an object of the store; null when there is none. */
  facts: md5.nullable(),
  createdAt: z.iso.datetime(),
  who: z.string().nullable(),
  runId: z.string().nullable(),
  scores: z.strictObject({ dice: fraction, iou: fraction }).nullable(),
  testSplit: z.string().nullable(),
  dataRevision: z.string().nullable(),
  gitCommit: z.string().nullable(),
  trainedAt: z.string().nullable(),
  trainingPairs: z.int().nonnegative().nullable(),
});

const promotionSchema = z.strictObject({
  version,
  replaced: version.nullable(),
  at: z.iso.datetime(),
  who: z.string(),
  reason: z.string(),
});

/** `registry.json`: every version that was ever Production, and each change of Production, oldest first. */
const registrySchema = z
  .strictObject({ versions: z.array(versionSchema), promotions: z.array(promotionSchema) })
  .superRefine(({ versions, promotions }, context) => {
    const issue = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    for (const key of ['version', 'model'] as const) {
      const values = versions.map((one) => one[key]);
      values.forEach((value, index) => {
        if (values.indexOf(value) < index) issue(['versions', index, key], `is there twice: ${value}`);
      });
    }
    const known = versions.map((one) => one.version);
    promotions.forEach((promotion, index) => {
      if (!known.includes(promotion.version))
        issue(
          ['promotions', index, 'version'],
          `names ${promotion.version}, which is not among the versions`,
        );
    });
  });

export type StoredVersion = z.output<typeof versionSchema>;
export type RegistryFile = z.output<typeof registrySchema>;

export const EMPTY_REGISTRY: RegistryFile = { versions: [], promotions: [] };

/** Throws SyntaxError or ZodError. */
export function parseRegistry(text: string): RegistryFile {
  return registrySchema.parse(JSON.parse(text));
}

/** Throws SyntaxError or ZodError. */
export function parseVersion(text: string): StoredVersion {
  return versionSchema.parse(JSON.parse(text));
}

/** Keys in the order of the schema, whatever order they came in. */
export function renderRegistry(registry: RegistryFile): string {
  return `${JSON.stringify(registrySchema.parse(registry), null, 2)}\n`;
}

export function renderVersion(stored: StoredVersion): string {
  return `${JSON.stringify(versionSchema.parse(stored), null, 2)}\n`;
}

/** The registry after a promotion; what it promotes, and what it replaces, are among the versions then. */
export function withPromotion(
  registry: RegistryFile,
  promoted: StoredVersion,
  replaced: StoredVersion | null,
  promotion: Promotion,
): RegistryFile {
  const { versions, promotions } = registry;
  const missing = [replaced, promoted].filter(
    (one) => one !== null && !versions.some(({ version: known }) => known === one.version),
  ) as StoredVersion[];
  return {
    versions: [...versions, ...missing].toSorted(oldestFirst),
    promotions: [...promotions, promotion],
  };
}

/** Models that were there before the registry come first. */
export function oldestFirst(a: StoredVersion, b: StoredVersion): number {
  return numberOf(a) - numberOf(b) || a.createdAt.localeCompare(b.createdAt);
}

/** 0 for a model that was never registered. */
export function numberOf({ version: name }: StoredVersion): number {
  return /^\d+$/.test(name) ? Number(name) : 0;
}

/** Somebody put it there by hand, without this registry. */
export function isUnregistered(stored: StoredVersion): boolean {
  return numberOf(stored) === 0;
}

/** Without what only this registry keeps. */
export function publicVersion({ size: _size, facts: _facts, ...told }: StoredVersion): ModelVersion {
  return told;
}
