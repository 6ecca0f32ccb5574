import { EXIT, WmsError } from '../../errors.js';
import type { Manifest } from '../manifest.js';
import { nestedWith } from '../nesting.js';
import type { FileChange } from '../three-way.js';

/** Throws WmsError `merge/file-and-directory` (exit code 6) when one side's file is the other side's directory. */
export function refuseNested(pointer: string, merged: Manifest, changes: readonly FileChange[]): void {
  for (const { relpath, base, ours, theirs } of changes) {
    if (base !== null || (ours === null && theirs === null)) continue;
    const other = nestedWith(merged, relpath);
    if (other === undefined) continue;
    throw new WmsError({
      kind: 'merge/file-and-directory',
      code: EXIT.conflict,
      what: `${pointer}: ${relpath} cannot be in the dataset together with ${other}.`,
      why: 'One side added the one, the other side the other, and one path would be a file and a directory at once.',
      next: 'Give up this merge (git merge --abort), rename the file on one of the two branches, and merge again.',
    });
  }
}
