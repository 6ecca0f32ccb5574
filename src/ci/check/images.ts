import { forEachBounded } from '../../dataset/bounded.js';
import type { FileDiff, StemChange } from '../../dataset/diff/stem-changes.pure.js';
import type { DatasetManifests } from '../../dataset/merge-plan.js';
import { retold } from '../../errors.js';
import { pairSetOf } from '../../publish/steps/pair-set-of.js';
import { checkImages, imageProblemsError } from '../../quality/check.js';
import { inspectFile } from '../../quality/inspect.js';
import type { Inspection, Problem } from '../../quality/pair-set.js';
import type { CiTools } from '../tools.js';

/** The image rules on the changed files, whose bytes come from the store; the warnings. Throws `images/problems`. */
export async function checkChanges(
  tools: CiTools,
  changes: readonly StemChange[],
  merged: DatasetManifests,
  signal: AbortSignal,
): Promise<readonly Problem[]> {
  const files = changes.flatMap((change) => change.files).filter(isThere);
  const inspected = new Map<FileDiff, Inspection>();
  await forEachBounded(files, async (file, stopped) => {
    const bytes = await tools.store.get(file.after, { signal: stopped });
    inspected.set(file, await inspectFile({ role: file.role, path: file.path, bytes }));
    return bytes.length;
  });
  const changed = files.map((file) => ({
    role: file.role,
    relpath: file.path,
    inspection: inspected.get(file) as Inspection,
  }));
  const { blocking, warnings } = checkImages(await pairSetOf(tools, changed, merged, signal));
  if (blocking.length === 0) return warnings;
  throw retold(imageProblemsError(blocking), {
    what: 'Images of this branch have problems that block.',
    next: 'Correct or leave out these files and push to the protected branch again: that makes a new data branch. Then delete this one.',
  });
}

function isThere(file: FileDiff): file is FileDiff & { after: string } {
  return file.after !== null;
}
