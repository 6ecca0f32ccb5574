import { ROLES } from '../../config/schema.js';
import { stemOf } from '../../stem.js';
import type { DatasetManifests, FileEdit } from '../merge-plan.js';
import { entriesOfStem } from '../pairs.js';
import { mergeManifests } from '../three-way.js';

/** Takes pairs out, each whole: everything that has one of these stems. */
export function removalOf(base: DatasetManifests, stems: Iterable<string>): FileEdit[] {
  return [...stems].flatMap((stem) =>
    ROLES.flatMap((role) =>
      entriesOfStem(base[role], stem).map(({ relpath }) => ({ role, relpath, md5: null })),
    ),
  );
}

/**
 * Makes `base` what `version` was: all of it, so that what came later goes; or, with `stems`, these pairs, and every
 * other one stays.
 */
export function restorationOf(
  base: DatasetManifests,
  version: DatasetManifests,
  stems: ReadonlySet<string> | null,
): FileEdit[] {
  return ROLES.flatMap((role) => {
    const versions = { base: base[role], ours: base[role], theirs: version[role] };
    return mergeManifests(versions)
      .changes.filter(({ relpath }) => stems === null || stems.has(stemOf(relpath)))
      .map(({ relpath, theirs }) => ({ role, relpath, md5: theirs }));
  });
}
