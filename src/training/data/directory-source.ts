import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { localError } from '../../clone/local-error.js';
import type { Role } from '../../config/schema.js';
import { forEachBounded } from '../../dataset/bounded.js';
import { compareCodePoints } from '../../dataset/code-points.js';
import type { ManifestEntry } from '../../dataset/manifest.js';
import { listFiles } from '../../dataset/pull/target.js';
import { EXIT, WmsError } from '../../errors.js';
import type { StepReport } from '../../ports/reporter.js';
import { contentOf } from './content.pure.js';
import type { DataSource } from './source.js';

/** `images` and `masks` below a directory, as `wms data pull --to` makes them. Throws WmsError `train/no-data` (2). */
export async function openDirectory(directory: string, report: StepReport): Promise<DataSource> {
  const root = resolve(directory);
  const read = async (role: Role, relpath: string) => {
    const file = join(root, role, relpath);
    const bytes = await readFile(file).catch((error: unknown) => {
      throw localError(error, file);
    });
    return { bytes, md5: createHash('md5').update(bytes).digest('hex') };
  };
  const list = async (role: Role): Promise<ManifestEntry[]> => {
    const names = (await listFiles(join(root, role))).filter((name) => !/(^|\/)\./.test(name));
    const entries: ManifestEntry[] = [];
    await forEachBounded(names, async (relpath) => {
      const { bytes, md5 } = await read(role, relpath);
      entries.push({ relpath, md5 });
      report.progress(`${entries.length}/${names.length} ${role}`);
      return bytes.length;
    });
    return entries.sort((a, b) => compareCodePoints(a.relpath, b.relpath));
  };
  const files = { images: await list('images'), masks: await list('masks') };
  if (files.images.length === 0) throw noData(root);
  return {
    facts: { from: root, commit: null, content: contentOf(files) },
    files,
    async read(role, { relpath, md5 }) {
      const now = await read(role, relpath);
      if (now.md5 !== md5) throw changed(join(root, role, relpath));
      return now.bytes;
    },
  };
}

function noData(root: string): WmsError {
  return new WmsError({
    kind: 'train/no-data',
    code: EXIT.usage,
    what: `${root} has no images to train on.`,
    why: 'The images are looked for in images/ below it, their masks in masks/, under the same path without extension.',
    next: `npx wms data pull --to ${root}`,
  });
}

function changed(file: string): WmsError {
  return new WmsError({
    kind: 'train/data-changed',
    code: EXIT.conflict,
    what: `${file} changed while training was prepared.`,
    next: 'Start training again when nothing else writes there.',
  });
}
