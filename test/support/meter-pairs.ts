import { pairFiles } from './pictures.js';
import { hasSharedData, sharedFile, sharedNames } from './shared-data.js';

/** That many pairs, ready to be written into a clone: real photos where they are at hand, drawn ones elsewhere. */
export async function meterPairs(count: number): Promise<Record<string, Buffer>> {
  if (!hasSharedData) return pairFiles(Array.from({ length: count }, (_, index) => index));
  const files: Record<string, Buffer> = {};
  for (const role of ['images', 'masks']) {
    for (const name of sharedNames('water-meters/images').sort().slice(0, count)) {
      files[`data/training/${role}/${name}`] = sharedFile(`water-meters/${role}/${name}`);
    }
  }
  return files;
}
