import pLimit from 'p-limit';
import { DASHED_LINE, SOLID_LINE } from '../../../pictures/outline.js';
import { decodePhoto, type Photo, renderPhoto } from '../../../pictures/photo.js';
import type { ObjectId } from '../../../ports/object-store.js';
import { ObjectCache } from '../../cache/cache.js';
import { readObject } from '../../cache/read-object.js';
import type { DatasetTools } from '../../tools.js';
import type { PairDiff } from '../pair-diff.pure.js';
import { decodeForeground, type Foreground, renderMask } from './draw.js';
import type { Sources, Subject } from './sources.pure.js';

/** Masks of many megapixels are decoded whole: memory grows with this. */
const PAIRS_AT_ONCE = 4;

export interface Picture {
  readonly type: 'image/jpeg' | 'image/png';
  readonly bytes: Buffer;
  /** What it shows: `photo`, or the mask itself. */
  readonly kind: 'photo' | 'mask';
  /** `both`: the photo is the same, and has the outlines of both masks. */
  readonly version: Version | 'both';
}

type Version = 'before' | 'after';

export interface PairPictures {
  readonly pair: PairDiff;
  readonly pictures: readonly Picture[];
  /** Why something is not shown: `mask before: not in the store`. */
  readonly problems: readonly string[];
  /** How much old and new mask agree, 0…1; null when the mask was not replaced, or one cannot be had. */
  readonly agreement: number | null;
}

/** Of two masks of the same size with 0 or 1 per pixel, 0…1. */
export type Agreement = (before: Uint8Array, after: Uint8Array) => number;

/** Draws pairs, a few at a time. An object that is lost or damaged is named in its place. */
export async function drawPairs(
  subjects: readonly Subject[],
  tools: Pick<DatasetTools, 'cache' | 'store'>,
  agreement: Agreement,
  progress: (done: number) => void,
): Promise<PairPictures[]> {
  const limit = pLimit(PAIRS_AT_ONCE);
  const failed = new AbortController();
  const cache = new ObjectCache(tools.cache);
  const read = (id: ObjectId) => readObject(id, cache, tools.store, failed.signal);
  let done = 0;
  const draw = async (subject: Subject): Promise<PairPictures> => {
    failed.signal.throwIfAborted();
    const drawn = await drawPair(subject, read, agreement);
    done += 1;
    progress(done);
    return drawn;
  };
  try {
    return await Promise.all(subjects.map((subject) => limit(draw, subject)));
  } catch (error) {
    failed.abort(error);
    throw error;
  }
}

type Read = (id: ObjectId) => ReturnType<typeof readObject>;

interface Half {
  readonly version: Version;
  readonly photo: Photo | null;
  readonly mask: Foreground | null;
}

async function drawPair(
  { pair, before, after }: Subject,
  read: Read,
  agreement: Agreement,
): Promise<PairPictures> {
  const problems = new Set<string>();
  const halves: Half[] = [];
  // One after the other: what both have is in the cache the second time.
  if (before !== null) halves.push(await decodeHalf('before', before, read, problems));
  if (after !== null) halves.push(await decodeHalf('after', after, read, problems));
  const [old, new_] = halves;
  const isSamePhoto = before?.images === after?.images;
  const isSameMask = before?.masks === after?.masks;
  const photos = isSamePhoto
    ? [await onePhoto(halves)]
    : await Promise.all(halves.map((half) => onePhoto([half])));
  const masks = halves.length < 2 || isSameMask ? [] : await Promise.all(halves.map((half) => oneMask(half)));
  const comparable =
    !isSameMask && old?.mask && new_?.mask && old.mask.pixels.length === new_.mask.pixels.length;
  return {
    pair,
    pictures: [...photos, ...masks].filter((picture) => picture !== null),
    problems: [...problems],
    agreement: comparable ? agreement(old.mask.pixels, new_.mask.pixels) : null,
  };
}

async function decodeHalf(
  version: Version,
  { images, masks }: Sources,
  read: Read,
  problems: Set<string>,
): Promise<Half> {
  const decode = async <T>(id: ObjectId | null, what: string, by: (bytes: Buffer) => Promise<T>) => {
    if (id === null) return null;
    const found = await read(id);
    if (typeof found !== 'string') {
      return by(found.bytes).catch(() => {
        problems.add(`${what} ${version}: cannot be decoded`);
        return null;
      });
    }
    problems.add(`${what} ${version}: ${found === 'missing' ? 'not in the store' : 'damaged in the store'}`);
    return null;
  };
  const photo = await decode(images, 'image', decodePhoto);
  const mask = await decode(masks, 'mask', (bytes) => decodeForeground(bytes, photo?.size ?? null));
  return { version, photo, mask };
}

/** The same photo with the outline of each half's mask. */
async function onePhoto(halves: readonly Half[]): Promise<Picture | null> {
  const photo = halves.find((half) => half.photo !== null)?.photo;
  if (photo == null) return null;
  const outlines = halves.flatMap(({ version, mask }) =>
    mask === null ? [] : [{ mask: mask.pixels, line: version === 'before' ? DASHED_LINE : SOLID_LINE }],
  );
  const version = halves.length > 1 ? 'both' : (halves[0] as Half).version;
  return { type: 'image/jpeg', bytes: await renderPhoto(photo, outlines), kind: 'photo', version };
}

async function oneMask({ version, mask }: Half): Promise<Picture | null> {
  if (mask === null) return null;
  return { type: 'image/png', bytes: await renderMask(mask), kind: 'mask', version };
}
