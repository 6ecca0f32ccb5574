import { parentPort, workerData } from 'node:worker_threads';
import { tellError } from '../../errors.js';
import type { Work } from '../../ports/thread-pool.js';
import type { FromThread, ToThread } from './messages.js';

/**
 * Makes this thread one of a pool. `start` prepares what all jobs need; `isSick` says whether an error means that this
 * thread should do no more; `memoryOf` names memory that is given away with a result.
 */
export async function workInThread<Start, Job, Result>(
  start: (data: Start) => Promise<Work<Job, Result>>,
  isSick: (error: unknown) => boolean,
  memoryOf: (result: Result) => readonly ArrayBuffer[] = () => [],
): Promise<void> {
  const send = (message: FromThread, transfer: readonly ArrayBuffer[] = []) =>
    parentPort?.postMessage(message, transfer);
  let work: Work<Job, Result>;
  try {
    work = await start(workerData as Start);
  } catch (error) {
    return send({ kind: 'failed', error: tellError(error) });
  }
  parentPort?.on('message', async ({ id, job }: ToThread) => {
    try {
      const result = await work(job as Job);
      send({ kind: 'done', id, result }, memoryOf(result));
    } catch (error) {
      send({ kind: 'refused', id, error: tellError(error), sick: isSick(error) });
    }
  });
  send({ kind: 'ready' });
}
