import { ROLES } from '../../config/schema.js';
import type { DatasetBase } from '../../dataset/dataset-base.js';
import { findFaults } from '../../dataset/verify/find-faults.js';
import { EXIT, WmsError } from '../../errors.js';
import type { ObjectId } from '../../ports/object-store.js';
import { showPath } from '../../show-path.js';
import { count, shortList } from '../../words.js';
import type { CiTools } from '../tools.js';

const SHOWN_EVERY = 50;

/**
 * How many objects the version names, without those of the version `known`. Throws WmsError `ci/objects-missing` (exit
 * code 5) when the store lacks one.
 */
export async function requireObjects(
  { store, config }: CiTools,
  version: DatasetBase,
  progress: (text: string) => void,
  known: DatasetBase | null = null,
): Promise<number> {
  const files = new Map<ObjectId, string>();
  for (const role of ROLES) {
    const seen = new Set(known?.[role].manifest.map(({ md5 }) => md5));
    for (const { md5, relpath } of version[role].manifest)
      if (!seen.has(md5)) files.set(md5, `${config.dataset[role]}/${relpath}`);
  }
  let done = 0;
  const checked = () => {
    if (++done % SHOWN_EVERY === 0) progress(`${done}/${count(files.size, 'object')}`);
  };
  const faults = await findFaults(store, files.keys(), { deep: false, checked });
  if (faults.size === 0) return files.size;
  throw new WmsError({
    kind: 'ci/objects-missing',
    code: EXIT.network,
    what: `${count(faults.size, 'file')} of the dataset ${faults.size === 1 ? 'is' : 'are'} not in ${store.url}.`,
    why: shortList([...faults.keys()].map((id) => showPath(files.get(id) ?? id))),
    next: 'On the machine that published them, from a working tree or cache: npx wms data verify REVISION --repair',
  });
}
