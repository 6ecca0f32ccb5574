import { ROLES } from '../../config/schema.js';
import type { StemChange } from './stem-changes.pure.js';

export interface Rename {
  readonly from: StemChange;
  /** The same as `from` when only an extension changed. */
  readonly to: StemChange;
}

/** Finds names that went while others with the very same image and mask came, and takes them out of `stems`. */
export function findRenames(stems: readonly StemChange[]): { renamed: Rename[]; rest: StemChange[] } {
  const gone = new Map<string, StemChange[]>();
  for (const stem of stems) {
    if (stem.after.images || stem.after.masks) continue;
    const content = contentOf(stem, 'before');
    const same = gone.get(content);
    if (same === undefined) gone.set(content, [stem]);
    else same.push(stem);
  }
  const renamed: Rename[] = [];
  const taken = new Set<StemChange>();
  for (const to of stems) {
    const isNew = !to.before.images && !to.before.masks;
    const content = contentOf(to, 'after');
    const from = isNew ? gone.get(content)?.pop() : content === contentOf(to, 'before') ? to : undefined;
    if (from === undefined) continue;
    renamed.push({ from, to });
    taken.add(from).add(to);
  }
  return { renamed, rest: stems.filter((stem) => !taken.has(stem)) };
}

/** MD5s of a name's changed files, whatever they are called. */
function contentOf({ files }: StemChange, version: 'before' | 'after'): string {
  const ofRole = ROLES.map((role) =>
    files
      .flatMap((file) => (file.role === role && file[version] !== null ? [file[version]] : []))
      .sort()
      .join(' '),
  );
  return ofRole.join('|');
}
