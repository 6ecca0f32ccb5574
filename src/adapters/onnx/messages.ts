import type { Tensor, TensorInfo } from '../../ports/model-runner.js';

/** What a worker is started with. */
export interface WorkerInput {
  /** Absolute path of onnxruntime-node's main file. */
  readonly runtime: string;
  readonly model: Uint8Array;
  /** Threads that share one inference; null leaves it to the runtime. */
  readonly threads: number | null;
}

export interface RunRequest {
  readonly id: number;
  readonly name: string;
  readonly tensor: Tensor;
}

/** Main thread → worker. Null closes the session. */
export type ToWorker = RunRequest | null;

export type FromWorker =
  | { readonly kind: 'ready'; readonly inputs: TensorInfo[]; readonly outputs: TensorInfo[] }
  | { readonly kind: 'failed'; readonly stage: 'runtime' | 'model'; readonly reason: string }
  | { readonly kind: 'answer'; readonly id: number; readonly outputs: Record<string, Tensor> }
  | { readonly kind: 'refused'; readonly id: number; readonly reason: string };
