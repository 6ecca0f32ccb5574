import type { ModelTensors } from '../model/inference/open-model.js';
import type { MaskResult, PhotoJob, ServedModel, TensorJob, TensorResult } from './jobs.js';
import type { Metrics } from './metrics.js';
import type { Queue } from './queue.js';
import type { Weighted } from './variants.pure.js';

export type Variant = ServedModel & Weighted;

/** What routes share. */
export interface Serving {
  readonly variants: readonly Variant[];
  readonly queue: Queue;
  readonly metrics: Metrics;
  /** All models have run once, and a thread is there. */
  isReady(): boolean;
  /** Null: the variant has not been looked at yet. */
  tensorsOf(variant: string): ModelTensors | null;
  predict(job: PhotoJob, signal: AbortSignal): Promise<MaskResult>;
  infer(job: TensorJob, signal: AbortSignal): Promise<TensorResult>;
  /** From 0 to below 1. */
  random(): number;
  /** Milliseconds. */
  now(): number;
}
