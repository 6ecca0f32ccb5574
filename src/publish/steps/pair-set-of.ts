import pLimit from 'p-limit';
import type { Config, Role } from '../../config/schema.js';
import type { DatasetManifests } from '../../dataset/merge-plan.js';
import { entriesOfStem } from '../../dataset/pairs.js';
import { EXIT, isWmsError, WmsError } from '../../errors.js';
import type { ObjectStore } from '../../ports/object-store.js';
import { inspectFile } from '../../quality/inspect.js';
import { type Inspection, otherRole, type PairSet } from '../../quality/pair-set.js';
import { showPath } from '../../show-path.js';
import { stemOf } from '../../stem.js';

interface Sources {
  readonly config: Config;
  readonly store: ObjectStore;
}

interface ChangedFile {
  readonly role: Role;
  readonly relpath: string;
  readonly inspection: Inspection;
}

/**
 * What the image rules look at: the changed files, what of the dataset pairs with them, and the names that could.
 * Partners that are in the dataset only, as with a relabelled mask, are fetched: sizes must be compared.
 */
export async function pairSetOf(
  { config, store }: Sources,
  changed: readonly ChangedFile[],
  merged: DatasetManifests,
  signal: AbortSignal,
): Promise<PairSet> {
  const here = new Set(changed.map(({ role, relpath }) => `${role}/${relpath}`));
  const absent = changed.flatMap(({ role, relpath }) => {
    const partnerRole = otherRole(role);
    return entriesOfStem(merged[partnerRole], stemOf(relpath))
      .filter((entry) => !here.has(`${partnerRole}/${entry.relpath}`))
      .map((entry) => ({ role: partnerRole, ...entry }));
  });
  const fetches = pLimit(FETCHES_AT_ONCE);
  const partners = await Promise.all(
    absent.map(({ role, relpath, md5 }) =>
      fetches(async () => {
        const path = `${config.dataset[role]}/${relpath}`;
        const bytes = await store.get(md5, { signal }).catch((error: unknown) => {
          throw isWmsError(error, 'store/object-missing') ? partnerMissing(path, md5, store.url) : error;
        });
        return inspectFile({ role, path: relpath, bytes });
      }),
    ),
  );
  const { images, masks } = config.dataset;
  return {
    directories: { images, masks },
    files: changed.map(({ inspection }) => inspection),
    partners,
    merged,
  };
}

const FETCHES_AT_ONCE = 8;

function partnerMissing(path: string, md5: string, url: string): WmsError {
  return new WmsError({
    kind: 'dataset/file-missing',
    code: EXIT.network,
    what: `${showPath(path)} is in the dataset, but not in ${url}.`,
    why: `The object ${md5} is not there; the file that pairs with it in this push cannot be checked without it.`,
    next: 'On a machine that has this file, run: dvc push. If the store moved, correct .dvc/config.',
  });
}
