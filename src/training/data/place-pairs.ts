import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { placeFile } from '../../clone/place-file.js';
import { forEachBounded } from '../../dataset/bounded.js';
import type { StepReport } from '../../ports/reporter.js';
import type { TrainingPair } from '../split/pair.js';
import type { DataSource } from './source.js';

/** Writes `images` and `masks` of exactly these pairs below `directory`, under their own names. */
export async function placePairs(
  pairs: readonly TrainingPair[],
  source: DataSource,
  directory: string,
  report: StepReport,
  stop: AbortSignal,
): Promise<void> {
  let done = 0;
  await forEachBounded(pairs, async ({ relpath, image, maskPath, mask }, signal) => {
    stop.throwIfAborted();
    const put = async (role: 'images' | 'masks', entry: { relpath: string; md5: string }) => {
      const bytes = await source.read(role, entry, signal);
      await placeFile(join(directory, role, entry.relpath), (temporary) => writeFile(temporary, bytes));
      return bytes.length;
    };
    const size = await put('images', { relpath, md5: image });
    const sum = size + (await put('masks', { relpath: maskPath, md5: mask }));
    done += 1;
    report.progress(`${done}/${pairs.length} pairs`);
    return sum;
  });
}
