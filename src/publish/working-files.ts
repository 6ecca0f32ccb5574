import { lstat, readdir } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { type Config, ROLES } from '../config/schema.js';
import { datasetPath, type RawFile, refuseOddDirectory, withParents } from '../dataset/raw-files.js';
import { EXIT, WmsError } from '../errors.js';

/**
 * Raw files in the working tree: those below `paths` (from `cwd`), or all below the dataset directories when none is
 * named. Throws WmsError `dataset/outside` or `dataset/no-such-path` (exit code 2).
 */
export async function findWorkingFiles(
  config: Config,
  topLevel: string,
  cwd: string,
  paths: readonly string[],
): Promise<RawFile[]> {
  for (const role of ROLES) await refuseLinks(topLevel, config.dataset[role]);
  const roots =
    paths.length > 0
      ? paths.map((path) => fromTop(topLevel, resolve(cwd, path), path))
      : ROLES.map((role) => config.dataset[role]);
  const files = new Map<string, RawFile>();
  for (const root of roots) {
    for (const path of await filesAt(topLevel, root, paths.length > 0)) {
      const place = datasetPath(config, path);
      if (place === null && path === root) throw outside(config, path);
      if (place !== null) files.set(path, { ...place, path, ...(await stampOf(topLevel, path)) });
    }
  }
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Followed, a link could publish files from anywhere on this machine. */
async function refuseLinks(topLevel: string, directory: string): Promise<void> {
  for (const path of withParents(directory)) {
    const found = await lstat(join(topLevel, path)).catch(() => null);
    if (found === null) return;
    const mode = found.isSymbolicLink() ? '120000' : found.isDirectory() ? '040000' : '100644';
    refuseOddDirectory(directory, { path, mode });
  }
}

function fromTop(topLevel: string, absolute: string, asTyped: string): string {
  const path = relative(topLevel, absolute);
  if (path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) {
    throw new WmsError({
      kind: 'dataset/outside',
      code: EXIT.usage,
      what: `${asTyped} is not inside this repository (${topLevel}).`,
      next: 'Copy the files into a dataset directory first.',
    });
  }
  return path.split(sep).join('/');
}

async function filesAt(topLevel: string, root: string, mustExist: boolean): Promise<string[]> {
  const found = await lstat(join(topLevel, root)).catch(() => null);
  if (found === null) {
    if (!mustExist) return [];
    throw new WmsError({
      kind: 'dataset/no-such-path',
      code: EXIT.usage,
      what: `There is no file or directory ${root}.`,
      next: 'Check the spelling; quote names that hold spaces.',
    });
  }
  if (!found.isDirectory()) return [root];
  const entries = await readdir(join(topLevel, root), { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => fromTop(topLevel, join(entry.parentPath, entry.name), entry.name));
}

async function stampOf(topLevel: string, path: string): Promise<Pick<RawFile, 'mode' | 'source'>> {
  const found = await lstat(join(topLevel, path));
  const mode = found.isSymbolicLink() ? '120000' : '100644';
  return { mode, source: { file: path, stamp: `${found.size} ${found.mtimeMs} ${found.ino}` } };
}

function outside(config: Config, path: string): WmsError {
  const { images, masks } = config.dataset;
  return new WmsError({
    kind: 'dataset/outside',
    code: EXIT.usage,
    what: `${path} is no image or mask of the dataset.`,
    why: `Images belong below ${images}/, masks below ${masks}/ (wms.config.json, "dataset").`,
    next: `Copy it there, then: npx wms add ${images}`,
  });
}
