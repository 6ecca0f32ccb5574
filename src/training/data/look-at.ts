import { forEachBounded } from '../../dataset/bounded.js';
import { EXIT, isWmsError, WmsError } from '../../errors.js';
import { perceptualHash } from '../../pictures/perceptual-hash.js';
import type { StepReport } from '../../ports/reporter.js';
import type { SeenPair, TrainingPair } from '../split/pair.js';
import type { KnownLooks } from './looks.js';
import type { DataSource } from './source.js';

const SHOWN = 10;

/**
 * What each image looks like; only those are read whose looks are not known. Throws WmsError `train/not-an-image`
 * (exit code 3) that names all that cannot be decoded.
 */
export async function lookAt(
  pairs: readonly TrainingPair[],
  source: DataSource,
  known: KnownLooks,
  report: StepReport,
  stop: AbortSignal,
): Promise<SeenPair[]> {
  const unknown = new Map(
    pairs.filter(({ image }) => known.get(image) === undefined).map((pair) => [pair.image, pair]),
  );
  const broken: string[] = [];
  let done = 0;
  try {
    await forEachBounded(unknown.values(), async ({ relpath, image }, signal) => {
      stop.throwIfAborted();
      const bytes = await source.read('images', { relpath, md5: image }, signal);
      try {
        known.add(image, await perceptualHash(bytes));
      } catch (error) {
        if (isWmsError(error)) throw error;
        broken.push(`images/${relpath}: ${String((error as Error).message).split('\n', 1)[0]}`);
      }
      done += 1;
      report.progress(`${done}/${unknown.size} new images looked at`);
      return bytes.length;
    });
  } finally {
    await known.save();
  }
  if (broken.length > 0) throw notImages(broken.sort(), source.facts.from);
  return pairs.map((pair) => ({ ...pair, looks: known.get(pair.image) as string }));
}

function notImages(lines: readonly string[], from: string): WmsError {
  const more = lines.length > SHOWN ? [`… and ${lines.length - SHOWN} more`] : [];
  return new WmsError({
    kind: 'train/not-an-image',
    code: EXIT.images,
    what: `${lines.length} of the images of ${from} cannot be decoded.`,
    why: [...lines.slice(0, SHOWN), ...more].join('\n'),
    next: 'Replace them in the dataset, or take them out of it; then train again.',
  });
}
