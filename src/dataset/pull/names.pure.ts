const RESERVED = /^(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³])(?:\.|$)/i;

/** Why Windows cannot have a file of this relative path, or would put it elsewhere; null when it can. */
export function windowsProblem(relpath: string): string | null {
  for (const part of relpath.split('/')) {
    if (part.includes('\\')) return 'a backslash separates directories there';
    if (part.includes(':')) return 'a colon belongs to drives and streams there';
    if (/[<>"|?*\p{Cc}]/u.test(part)) return 'it holds a character that is not allowed there';
    if (/[. ]$/.test(part)) return 'a part ends with a dot or a space';
    if (RESERVED.test(part)) return 'a part is the name of a device there';
  }
  return null;
}

/** Equal for paths that some disks take for the same. */
export function foldedName(relpath: string): string {
  return relpath.normalize('NFC').toLowerCase();
}

/** Groups of paths that are one and the same on a disk that tells neither case nor Unicode forms apart. */
export function collidingPaths(relpaths: Iterable<string>): string[][] {
  const groups = new Map<string, string[]>();
  for (const relpath of relpaths) {
    const key = foldedName(relpath);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [relpath]);
    else group.push(relpath);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}
