import { join } from 'node:path';
import { ByteBudget } from '../../byte-budget.js';
import type { StepReport } from '../../ports/reporter.js';
import { count, inBytes } from '../../words.js';
import type { InspectedFile, PublishJob } from '../job.js';
import { readRawFiles } from '../read-raw.js';
import { Reading } from '../reading.js';

const BYTES_IN_FLIGHT = 64 * 1024 * 1024;
export const OBJECTS_IN_FLIGHT = 32;
/** While some are on their way, the next are being read and the last written down. */
const OBJECTS_AT_WORK = 2 * OBJECTS_IN_FLIGHT;

/**
 * Puts the files' bytes into the store, many at a time. The first failure stops the rest and is thrown; the journal
 * knows what was stored.
 */
export async function uploadObjects(
  job: PublishJob,
  files: readonly InspectedFile[],
  totalBytes: number,
  report: StepReport,
): Promise<void> {
  const { git, store, openReading } = job.tools;
  const failed = new AbortController();
  const signal = AbortSignal.any([job.signal, failed.signal]);
  const progress = startProgress(files.length, totalBytes, report);
  const send = async ({ md5 }: InspectedFile, bytes: Buffer, checked: boolean): Promise<void> => {
    await store.put(md5, bytes, { signal, checked });
    await job.journal.recordStored(md5);
    progress(bytes.length);
  };
  const reading = new Reading(files.length, openReading);
  // Most likely the working tree has the pushed bytes. Git would have to unpack them, one after the other.
  const inGit: InspectedFile[] = [];
  const sendFromTree = async (file: InspectedFile): Promise<void> => {
    const { path, size, md5 } = file;
    const bytes = await reading.run({ file: join(git.topLevel, path), size, md5 }, signal);
    if (bytes === null) inGit.push(file);
    else await send(file, bytes, true);
  };
  const budget = new ByteBudget(BYTES_IN_FLIGHT, OBJECTS_AT_WORK);
  const running: Promise<void>[] = [];
  const start = async (bytes: number, work: () => Promise<void>): Promise<void> => {
    await budget.acquire(bytes);
    const one = work().finally(() => budget.release(bytes));
    one.catch((error: unknown) => failed.abort(error));
    running.push(one);
  };
  const sendAll = async (): Promise<void> => {
    for (const file of files) {
      signal.throwIfAborted();
      await start(file.size, () => sendFromTree(file));
    }
    await Promise.all(running);
    for await (const { file, bytes } of readRawFiles(git, inGit, signal))
      await start(bytes.length, () => send(file, bytes, false));
  };
  const [ended] = await Promise.allSettled([sendAll()]);
  const ends = [
    ended,
    ...(await Promise.allSettled(running)),
    ...(await Promise.allSettled([reading.close()])),
  ];
  // Whatever failed first made the others stop; only it says why.
  if (failed.signal.aborted) throw failed.signal.reason;
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

function startProgress(
  totalObjects: number,
  totalBytes: number,
  report: StepReport,
): (bytes: number) => void {
  const all = count(totalObjects, 'object');
  const size = inBytes(totalBytes);
  let objects = 0;
  let sent = 0;
  return (bytes) => {
    objects += 1;
    sent += bytes;
    report.progress(`${objects}/${all}, ${inBytes(sent)} of ${size}`);
  };
}
