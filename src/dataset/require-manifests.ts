import { EXIT, WmsError } from '../errors.js';
import type { CallOptions, ObjectId, ObjectStore } from '../ports/object-store.js';

/**
 * Throws WmsError `dataset/manifest-gone` (exit code 5) when one of these manifests is not in the store any more. While
 * it is there, all that it names is there, too.
 */
export async function requireManifests(
  store: ObjectStore,
  ids: readonly ObjectId[],
  options: CallOptions = {},
): Promise<void> {
  await Promise.all(
    ids.map(async (id) => {
      if (!(await store.has(id, options))) throw manifestGone(id, store.url);
    }),
  );
}

function manifestGone(id: ObjectId, url: string): WmsError {
  return new WmsError({
    kind: 'dataset/manifest-gone',
    code: EXIT.network,
    what: `The manifest ${id} was deleted from ${url} just now.`,
    why: 'A version of the dataset that is being extended here names it. Somebody ran a gc that did not know this version.',
    next: 'On a machine that has this version, run: npx wms data verify --repair. Then do this again.',
  });
}
