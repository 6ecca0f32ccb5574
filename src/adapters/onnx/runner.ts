import { Worker } from 'node:worker_threads';
import { builtFile } from '../../config/package-root.js';
import { EXIT, WmsError } from '../../errors.js';
import type { LoadedModel, ModelRunner, Tensor } from '../../ports/model-runner.js';
import type { FromWorker, ToWorker, WorkerInput } from './messages.js';
import { findRuntime, type RuntimeOptions, runtimeMissing } from './runtime.js';

interface RunnerOptions extends RuntimeOptions {
  /** That share one inference; default: one per core. */
  readonly threads?: number;
}

/** Models on ONNX Runtime, each in a worker thread of its own: its `run` would block the event loop. */
export function openOnnxRunner(options: RunnerOptions = {}): ModelRunner {
  return {
    async load(model) {
      // On by default since 1.30, it tells the names of models. Read when the library loads, from the process's
      // environment, which a worker thread cannot change.
      process.env.ORT_DISABLE_TELEMETRY ??= '1';
      const runtime = await findRuntime(options);
      return start({ runtime, model, threads: options.threads ?? null });
    },
  };
}

interface Pending {
  resolve(outputs: Record<string, Tensor>): void;
  reject(error: WmsError): void;
}

function start(input: WorkerInput): Promise<LoadedModel> {
  const worker = new Worker(builtFile('adapters/onnx/worker.js'), { workerData: input });
  const send = (message: ToWorker) => worker.postMessage(message);
  const pending = new Map<number, Pending>();
  let last = 0;
  let failure: WmsError | null = null;

  return new Promise((resolve, reject) => {
    const fail = (error: WmsError) => {
      failure ??= error;
      reject(error);
      for (const { reject: refuse } of pending.values()) refuse(error);
      pending.clear();
    };
    const ended = new Promise<void>((done) => worker.once('exit', () => done()));
    worker.once('error', (error) => fail(inferenceFailed(error.message)));
    worker.once('exit', () => fail(inferenceFailed('the thread that runs the model has ended')));
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'failed') {
        fail(message.stage === 'runtime' ? runtimeMissing(message.reason) : broken(message.reason));
      } else if (message.kind === 'ready') {
        resolve({
          inputs: message.inputs,
          outputs: message.outputs,
          run: ({ name, tensor }) =>
            new Promise((answered, refused) => {
              if (failure !== null) return refused(failure);
              last += 1;
              pending.set(last, { resolve: answered, reject: refused });
              send({ id: last, name, tensor });
            }),
          async close() {
            send(null);
            await ended;
          },
        });
      } else {
        const call = pending.get(message.id);
        pending.delete(message.id);
        if (message.kind === 'answer') call?.resolve(message.outputs);
        else call?.reject(inferenceFailed(message.reason));
      }
    });
  });
}

function broken(reason: string): WmsError {
  return new WmsError({
    kind: 'model/broken',
    code: EXIT.usage,
    what: 'The model file is not an ONNX model that can be loaded',
    why: reason,
    next: 'Export the model again, or restore it: a Git LFS or DVC pointer in its place must be pulled first.',
  });
}

function inferenceFailed(reason: string): WmsError {
  return new WmsError({
    kind: 'model/inference-failed',
    code: EXIT.usage,
    what: 'The model failed on an image',
    why: reason,
    next: 'Check that the shapes in model.json are those the model was exported with.',
  });
}
