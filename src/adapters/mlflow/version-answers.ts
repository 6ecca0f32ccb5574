import * as z from 'zod';
import type { ModelVersion } from '../../ports/registry.js';
import { readOrigin } from './origin-tags.pure.js';
import { integer, tags } from './run-answers.js';

export const modelVersion = z.object({
  version: z.union([z.string(), z.int().transform(String)]),
  creation_timestamp: integer,
  current_stage: z.string().default('None'),
  run_id: z.string().default(''),
  tags,
});
export type VersionAnswer = z.output<typeof modelVersion>;

export const versionPage = z.object({
  model_versions: z.array(modelVersion).default([]),
  next_page_token: z.string().optional(),
});

export const registeredModel = z.object({
  registered_model: z.object({
    tags,
    aliases: z
      .array(z.object({ alias: z.string(), version: z.union([z.string(), z.int().transform(String)]) }))
      .default([]),
    /** The newest one of each stage. */
    latest_versions: z.array(modelVersion).default([]),
  }),
});

export function readVersion({ version, creation_timestamp, run_id, tags }: VersionAnswer): ModelVersion {
  const origin = readOrigin(new Map(tags.map(({ key, value }) => [key, value])), run_id);
  return { ...origin, version, createdAt: new Date(creation_timestamp).toISOString() };
}
