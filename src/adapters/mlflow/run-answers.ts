import * as z from 'zod';
import type { RunStatus, TrackedRun } from '../../ports/tracking-server.js';

/** 64-bit numbers come as numbers or, from some servers, as text. */
export const integer = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number),
]);
/** JSON has no other way to say these. */
const metricValue = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)]);
export const tags = z.array(z.object({ key: z.string(), value: z.string().default('') })).default([]);

const STATUSES = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] as const satisfies RunStatus[];

export const run = z.object({
  info: z.object({
    run_id: z.string(),
    experiment_id: z.string(),
    run_name: z.string().default(''),
    status: z.enum(STATUSES),
    start_time: integer.default(0),
    end_time: integer.optional(),
    artifact_uri: z.string(),
  }),
  data: z
    .object({
      tags,
      metrics: z
        .array(z.object({ key: z.string(), value: metricValue, timestamp: integer.default(0) }))
        .default([]),
    })
    .prefault({}),
});
export type RunAnswer = z.output<typeof run>;

export const runPage = z.object({ runs: z.array(run).default([]), next_page_token: z.string().optional() });

export const experiment = z.object({
  experiment: z.object({ experiment_id: z.string(), lifecycle_stage: z.enum(['active', 'deleted']) }),
});

export function trackedRun({ info, data }: RunAnswer): TrackedRun {
  return {
    id: info.run_id,
    experimentId: info.experiment_id,
    name: info.run_name,
    status: info.status,
    startedAt: info.start_time,
    endedAt: info.end_time || null,
    tags: Object.fromEntries(data.tags.map(({ key, value }) => [key, value])),
    metrics: Object.fromEntries(
      data.metrics.map(({ key, value, timestamp }) => [key, { value, at: timestamp }]),
    ),
  };
}
