import { parentPort, workerData } from 'node:worker_threads';
import { tellError } from '../../errors.js';
import type { Work } from '../../ports/thread-pool.js';
import type { FromThread, ToThread } from './messages.js';

/**
 * Makes this thread one of a pool. `start` prepares what all jobs need; `isSick` says whether an error means that this
 * thread should do no more.
 */
export async function workInThread<Start, Job, Result>(
  start: (data: Start) => Promise<Work<Job, Result>>,
  isSick: (error: unknown) => boolean,
): Promise<void> {
  const send = (message: FromThread) => parentPort?.postMessage(message);
  let work: Work<Job, Result>;
  try {
    work = await start(workerData as Start);
  } catch (error) {
    return send({ kind: 'failed', error: tellError(error) });
  }
  parentPort?.on('message', async ({ id, job }: ToThread) => {
    try {
      send({ kind: 'done', id, result: await work(job as Job) });
    } catch (error) {
      send({ kind: 'refused', id, error: tellError(error), sick: isSick(error) });
    }
  });
  send({ kind: 'ready' });
}
