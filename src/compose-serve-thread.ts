/** The program of one thread of `wms serve`: what `compose.ts` is to a command. */
import { openOnnxRunner } from './adapters/onnx/runner.js';
import { workInThread } from './adapters/threads/work.js';
import { isWmsError } from './errors.js';
import type { Job, JobResult, ThreadStart } from './serve/jobs.js';
import { startWork } from './serve/work.js';

// It has run on its warm-up: one that fails later is not well, whatever it was given.
const isSick = (error: unknown) => isWmsError(error, 'model/inference-failed');

await workInThread<ThreadStart, Job, JobResult>(
  (start) => startWork(openOnnxRunner({ threads: start.threadsPerModel }), start),
  isSick,
);
