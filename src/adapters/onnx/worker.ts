import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { InferenceSession } from 'onnxruntime-node';
import type { Tensor, TensorInfo } from '../../ports/model-runner.js';
import type { FromWorker, RunRequest, ToWorker, WorkerInput } from './messages.js';

type Runtime = typeof import('onnxruntime-node');

const ERRORS_ONLY = 3;
const { runtime: runtimePath, model, threads } = workerData as WorkerInput;

await serve();

async function serve(): Promise<void> {
  let runtime: Runtime;
  try {
    runtime = createRequire(import.meta.url)(runtimePath) as Runtime;
  } catch (error) {
    return send({ kind: 'failed', stage: 'runtime', reason: reasonOf(error) });
  }
  let session: InferenceSession;
  try {
    session = await runtime.InferenceSession.create(model, {
      logSeverityLevel: ERRORS_ONLY,
      ...(threads === null ? {} : { intraOpNumThreads: threads }),
    });
  } catch (error) {
    return send({ kind: 'failed', stage: 'model', reason: reasonOf(error) });
  }
  const running = new Set<Promise<void>>();
  parentPort?.on('message', async (request: ToWorker) => {
    if (request !== null) {
      const job = answer(runtime, session, request);
      running.add(job);
      await job;
      running.delete(job);
      return;
    }
    await Promise.all(running);
    parentPort?.close();
    await session.release();
  });
  send({ kind: 'ready', inputs: infos(session.inputMetadata), outputs: infos(session.outputMetadata) });
}

async function answer(
  runtime: Runtime,
  session: InferenceSession,
  { id, name, tensor }: RunRequest,
): Promise<void> {
  try {
    const given = new runtime.Tensor('float32', tensor.data, tensor.shape);
    const found = await session.run({ [name]: given });
    const outputs: Record<string, Tensor> = {};
    for (const [output, { data, dims }] of Object.entries(found)) {
      if (!(data instanceof Float32Array)) throw new TypeError(`output ${output} is not float32`);
      outputs[output] = { data, shape: [...dims] };
    }
    send({ kind: 'answer', id, outputs });
  } catch (error) {
    send({ kind: 'refused', id, reason: reasonOf(error) });
  }
}

function infos(metadata: readonly InferenceSession.ValueMetadata[]): TensorInfo[] {
  return metadata.map((value) =>
    value.isTensor
      ? { name: value.name, type: value.type, shape: [...value.shape] }
      : { name: value.name, type: 'no tensor', shape: [] },
  );
}

function send(message: FromWorker): void {
  parentPort?.postMessage(message);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
