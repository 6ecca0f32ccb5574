/**
 * What an image and its mask have in common: a path without its last extension. `meters/a.b.jpg` → `meters/a.b`; a
 * name without extension, or that is all extension (`.hidden`), stays whole.
 */
export function stemOf(path: string): string {
  const dot = path.lastIndexOf('.');
  return dot > path.lastIndexOf('/') + 1 ? path.slice(0, dot) : path;
}
