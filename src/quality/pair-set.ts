import type { Role } from '../config/schema.js';
import type { ImageFormat } from '../pictures/pixels.js';
import { stemOf } from '../stem.js';

/** What the pixels of a mask hold. Values are those of the first colour channel: 0…255, or 0…65535 at 16 bit. */
export interface MaskFacts {
  readonly min: number;
  readonly max: number;
  /** How many distinct values there are, and the lowest of them (at most 8), ascending. */
  readonly distinct: number;
  readonly values: readonly number[];
  /** The channels differ by more than compression explains. */
  readonly colour: boolean;
  /** Share of pixels with values 64…191: neither background nor foreground. */
  readonly between: number;
  /** Share of foreground pixels. */
  readonly foreground: number;
}

export interface ImageFacts {
  /** By content, not by name. */
  readonly format: ImageFormat;
  /** Pixels, after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  /** Null for an image. */
  readonly mask: MaskFacts | null;
}

/** Why a file has no facts. */
export interface Fault {
  readonly kind:
    | 'symlink'
    | 'submodule'
    | 'empty'
    | 'lfs-pointer'
    | 'unsupported-type'
    | 'too-many-pixels'
    | 'damaged';
  readonly message: string;
  readonly fix: string;
}

/** One inspected file. Holds no pixels and no bytes. */
export interface Inspection {
  readonly role: Role;
  /** Relative to the dataset directory of its role, `/` between parts. */
  readonly path: string;
  /** `path` without its last extension: what pairs an image with its mask. */
  readonly stem: string;
  /** Bytes. */
  readonly size: number;
  /** Exactly one of the two is not null. */
  readonly facts: ImageFacts | null;
  readonly fault: Fault | null;
}

/** One file of the dataset, as a manifest lists it. */
export interface DatasetFile {
  readonly relpath: string;
  readonly md5: string;
}

/** What the rules look at. */
export interface PairSet {
  /** Dataset directories from the top of the repository: problems name files as the user sees them. */
  readonly directories: Readonly<Record<Role, string>>;
  /** Files that are new or replaced. Only these, and what pairs with them, can have problems. */
  readonly files: readonly Inspection[];
  /** Files already in the dataset that pair with `files`, where the caller has inspected them. */
  readonly partners: readonly Inspection[];
  /** The dataset as it would be afterwards: `files` and everything that stays. */
  readonly merged: Readonly<Record<Role, readonly DatasetFile[]>>;
}

type Severity = 'block' | 'warn';

export interface Problem {
  readonly rule: string;
  readonly severity: Severity;
  /** From the top of the repository. */
  readonly path: string;
  readonly message: string;
  readonly fix?: string;
}

export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  check(set: PairSet): Problem[];
}

/** Lower case, with the dot: `.jpg`. Empty when there is none. */
export function extensionOf(path: string): string {
  return path.slice(stemOf(path).length).toLowerCase();
}

/** Equal for names that some disk takes for the same: letter case, and composed or decomposed accents. */
export function foldStem(stem: string): string {
  return stem.normalize('NFC').toLowerCase();
}

export function otherRole(role: Role): Role {
  return role === 'images' ? 'masks' : 'images';
}

/** `image` or `mask`. */
export function singular(role: Role): string {
  return role === 'images' ? 'image' : 'mask';
}

export function pathInRepository(set: PairSet, role: Role, path: string): string {
  return `${set.directories[role]}/${path}`;
}
