import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { EXIT, WmsError } from '../../errors.js';
import type { ObjectId } from '../../ports/object-store.js';
import { stemOf } from '../../stem.js';
import type { TestPair } from './test-pair.js';

/**
 * Pairs of files below two directories, by name. Files that begin with a dot are left out.
 * Throws WmsError (exit code 2) `gate/no-directory`, or `gate/unpaired` when a file has no partner or two.
 */
export async function directoryPairs(images: string, masks: string): Promise<TestPair[]> {
  const maskOf = new Map((await filesBelow(masks)).map((path) => [stemOf(path), path]));
  const paths = await filesBelow(images);
  const stems = new Set(paths.map(stemOf));
  const lonely = [
    ...paths.filter((path) => !maskOf.has(stemOf(path))).map((path) => `${join(images, path)} has no mask`),
    ...[...maskOf]
      .filter(([stem]) => !stems.has(stem))
      .map(([, path]) => `${join(masks, path)} has no image`),
  ];
  if (lonely.length > 0 || stems.size < paths.length) throw unpaired(lonely);
  const pairs: TestPair[] = [];
  for (const relpath of paths) {
    const files = { image: join(images, relpath), mask: join(masks, maskOf.get(stemOf(relpath)) as string) };
    const [image, mask] = [md5(await readFile(files.image)), md5(await readFile(files.mask))];
    pairs.push({
      relpath,
      image,
      mask,
      read: async () => ({
        image: await readSame(files.image, image),
        mask: await readSame(files.mask, mask),
      }),
    });
  }
  return pairs;
}

async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch((error: Error) => {
    throw new WmsError({
      kind: 'gate/no-directory',
      code: EXIT.usage,
      what: `${directory} cannot be read as a directory.`,
      why: error.message,
      next: 'npx wms model gate --help',
      cause: error,
    });
  });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !path.split('/').some((part) => part.startsWith('.')))
    .sort();
}

/** What is scored is what the split's hash names. */
async function readSame(file: string, expected: ObjectId): Promise<Buffer> {
  const bytes = await readFile(file);
  if (md5(bytes) === expected) return bytes;
  throw new WmsError({
    kind: 'gate/changed',
    code: EXIT.conflict,
    what: `${file} changed while it was scored.`,
    next: 'Do this again when nobody writes there.',
  });
}

function md5(bytes: Buffer): ObjectId {
  return createHash('md5').update(bytes).digest('hex');
}

function unpaired(lonely: readonly string[]): WmsError {
  return new WmsError({
    kind: 'gate/unpaired',
    code: EXIT.usage,
    what: 'The test images and masks are no pairs.',
    why:
      lonely.length > 0 ? lonely.slice(0, 10).join('\n') : 'Two images have the same name without extension.',
    next: 'A mask has the path of its image without extension. Move the others away.',
  });
}
