import type { Role } from '../config/schema.js';
import { decodeMask, type ImageFormat, loadSharp, MAX_PIXELS, openPixels } from '../pictures/pixels.js';
import { sniff } from '../pictures/sniff.js';
import { stemOf } from '../stem.js';
import { maskFacts } from './mask-values.js';
import { type Fault, type ImageFacts, type Inspection, singular } from './pair-set.js';

export interface FileToInspect {
  readonly role: Role;
  /** Relative to the dataset directory of its role. */
  readonly path: string;
  readonly bytes: Buffer;
  /** As Git has it: `120000` is a symbolic link, `160000` a submodule. */
  readonly mode?: string;
}

/**
 * Looks at one file: decodes it whole and says what it is, or why it is unfit. Never throws for what a file holds,
 * and keeps neither bytes nor pixels: thousands of files can pass through. Safe to call concurrently; one call
 * takes about 4 bytes of memory per pixel of a mask, less for an image.
 */
export async function inspectFile(file: FileToInspect): Promise<Inspection> {
  const { role, path } = file;
  const base = { role, path, stem: stemOf(path), size: file.bytes.length };
  const content = sniff(file.bytes);
  const fault = faultOf(file, content);
  if (fault !== null || content.kind !== 'image') return { ...base, facts: null, fault };
  try {
    const outcome = await decode(role, file.bytes, content.format);
    return 'kind' in outcome
      ? { ...base, facts: null, fault: outcome }
      : { ...base, facts: outcome, fault: null };
  } catch (error) {
    return { ...base, facts: null, fault: damaged(error) };
  }
}

function faultOf({ role, bytes, mode }: FileToInspect, content: ReturnType<typeof sniff>): Fault | null {
  if (mode === '120000') {
    return {
      kind: 'symlink',
      message: 'is a symbolic link: the dataset would hold its target’s name, not the picture',
      fix: 'commit the file itself instead of the link',
    };
  }
  if (mode === '160000') {
    return { kind: 'submodule', message: 'is a submodule, not a file', fix: 'copy its files here instead' };
  }
  if (bytes.length === 0) {
    return { kind: 'empty', message: 'is empty (0 bytes)', fix: 'copy or export the file again' };
  }
  if (content.kind === 'lfs-pointer') {
    return {
      kind: 'lfs-pointer',
      message: 'is a Git LFS pointer: Git holds a reference here instead of the picture',
      fix: 'run "git lfs pull", then "git lfs untrack" for this directory, and commit the real file',
    };
  }
  if (content.kind === 'other') {
    return {
      kind: 'unsupported-type',
      message: `not an image that can be used: it holds ${content.name}`,
      fix: `save the ${singular(role)} as PNG${role === 'images' ? ' or JPEG' : ''}, or take the file out of the directory`,
    };
  }
  return null;
}

async function decode(role: Role, bytes: Buffer, format: ImageFormat): Promise<ImageFacts | Fault> {
  const sharp = await loadSharp();
  const { width, height, autoOrient } = await sharp(bytes, { limitInputPixels: false }).metadata();
  if (width * height > MAX_PIXELS) {
    return {
      kind: 'too-many-pixels',
      message: `has ${width} × ${height} = ${millions(width * height)} million pixels, more than the limit of ${millions(MAX_PIXELS)} million`,
      fix: 'make the picture smaller',
    };
  }
  const size = { format, width: autoOrient.width, height: autoOrient.height };
  if (role === 'masks') return { ...size, mask: maskFacts(await decodeMask(bytes)) };
  // Every scan line goes into this thumbnail, so that damage anywhere shows; the full picture is never in memory.
  const pipeline = await openPixels(bytes);
  await pipeline.resize(8, 8, { fit: 'fill', fastShrinkOnLoad: false }).raw().toBuffer();
  return { ...size, mask: null };
}

function millions(pixels: number): string {
  return String(Math.round(pixels / 100_000) / 10);
}

function damaged(error: unknown): Fault {
  const reason = String(error instanceof Error ? error.message : error).split('\n', 1)[0];
  return {
    kind: 'damaged',
    message: `cannot be decoded to its end: truncated or damaged (${reason})`,
    fix: 'copy or export the file again',
  };
}
