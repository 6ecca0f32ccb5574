import type { Manifest } from '../manifest.js';
import { updatePointer } from '../pointer.js';
import { type FileChange, isDisjoint, type Side, type Versions } from '../three-way.js';
import type { DirectoryVersion } from './load.js';

export interface MergedDirectory {
  /** Of the directory, for messages. */
  readonly path: string;
  readonly id: string;
  readonly manifest: Manifest;
  readonly changes: readonly FileChange[];
}

/**
 * Text of the merged pointer. Everything but the values of the manifest is merged as text: comments, other fields, their
 * order. Null: both sides changed such lines, and `take` does not say whose to keep.
 */
export function mergedPointerText(
  versions: Versions<DirectoryVersion>,
  merged: MergedDirectory,
  take: Side | null,
): string | null {
  const { base, ours, theirs } = versions;
  const { id, manifest } = merged;
  const target = { path: merged.path, id, nfiles: manifest.length, size: sizeOf(versions, merged) };
  if (ours.text === null || theirs.text === null) return updatePointer(ours.text ?? theirs.text, target);
  const texts = {
    ours: updatePointer(ours.text, target),
    theirs: updatePointer(theirs.text, target),
    base: base.text === null ? null : updatePointer(base.text, target),
  };
  const isSame = (a: string | null, b: string | null) => withoutCr(a) === withoutCr(b);
  if (isSame(texts.theirs, texts.base) || isSame(texts.ours, texts.theirs)) return texts.ours;
  if (isSame(texts.ours, texts.base)) return texts.theirs;
  return take === null ? null : texts[take];
}

/** Known when no file was changed by both sides: then each side's growth counts once. */
function sizeOf(
  { base, ours, theirs }: Versions<DirectoryVersion>,
  { id, changes }: MergedDirectory,
): number | undefined {
  if (id === ours.id) return ours.size;
  if (id === theirs.id) return theirs.size;
  if (!isDisjoint(changes)) return undefined;
  if (base.size === undefined || ours.size === undefined || theirs.size === undefined) return undefined;
  const size = ours.size + theirs.size - base.size;
  return size < 0 ? undefined : size;
}

function withoutCr(text: string | null): string | null {
  return text?.replaceAll('\r\n', '\n') ?? null;
}
