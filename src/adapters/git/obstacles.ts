import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Files on disk that would have to go for `paths` to be written, and are not `tracked`. Git itself would sacrifice the
 * ignored ones among them.
 */
export async function obstaclesOf(
  topLevel: string,
  paths: readonly string[],
  tracked: ReadonlySet<string>,
): Promise<string[]> {
  const obstacles = new Set<string>();
  const looked = new Map<string, Kind>();
  for (const path of paths) {
    const parts = path.split('/');
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const place = parts.slice(0, depth).join('/');
      const kind = looked.get(place) ?? (await kindOf(join(topLevel, place)));
      looked.set(place, kind);
      if (kind === 'nothing') break;
      if (kind === 'directory' && depth < parts.length) continue;
      const inside = kind === 'directory' ? await filesIn(topLevel, place) : [place];
      for (const file of inside) if (!tracked.has(file)) obstacles.add(file);
      break;
    }
  }
  return [...obstacles];
}

type Kind = 'nothing' | 'directory' | 'other';

async function kindOf(path: string): Promise<Kind> {
  const stat = await lstat(path).catch(() => null);
  if (stat === null) return 'nothing';
  return stat.isDirectory() ? 'directory' : 'other';
}

async function filesIn(topLevel: string, directory: string): Promise<string[]> {
  const found = await readdir(join(topLevel, directory), { withFileTypes: true });
  const files = await Promise.all(
    found.map((entry) => {
      const path = `${directory}/${entry.name}`;
      return entry.isDirectory() ? filesIn(topLevel, path) : [path];
    }),
  );
  return files.flat();
}
