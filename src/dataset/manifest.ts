import { isUtf8 } from 'node:buffer';
import { EXIT, WmsError } from '../errors.js';
import { md5Of } from '../md5.pure.js';
import { compareCodePoints } from './code-points.js';

export interface ManifestEntry {
  /** MD5 of the file's bytes, 32 lowercase hex digits. */
  readonly md5: string;
  /** Below the dataset directory, `/` between components. */
  readonly relpath: string;
}

/** One version of a directory, in code-point order of `relpath`, each `relpath` once. */
export type Manifest = readonly ManifestEntry[];

const MD5 = /^[0-9a-f]{32}$/;
/** A component that is empty, `.` or `..` (so also a leading or trailing slash), or a NUL. */
const UNSAFE_PATH = /(?:^|\/)\.{0,2}(?:\/|$)|\0/;
/** What a JSON string of Python holds as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;
const NOT_PRINTABLE_ASCII = /[\x7f-\uffff]/g;
/** Text is built and turned into bytes in parts that stay in the processor's cache. */
const ENTRIES_PER_PART = 128;

/** Object id of the manifest with these bytes. */
export function manifestId(bytes: Uint8Array): string {
  return `${md5Of(bytes)}.dir`;
}

/**
 * Reads a manifest that came from `source` under the name `id`. Keys other than `md5` and `relpath`, which DVC
 * reads but does not write, are ignored.
 */
export function parseManifest(bytes: Uint8Array, id: string, source: string): Manifest {
  const actual = manifestId(bytes);
  if (actual !== id) {
    throw new WmsError({
      kind: 'manifest/wrong-md5',
      code: EXIT.network,
      what: `The manifest ${id} in ${source} is damaged.`,
      why: `Its bytes have the MD5 ${actual.slice(0, 32)}.`,
      next: `Delete the object there and put it back from a machine that has this version of the dataset (dvc push).`,
    });
  }
  const entries = readEntries(bytes, (why) => corrupt(id, source, why));
  if (isAscending(entries)) return entries;
  entries.sort(byRelpath);
  const twice = entries.find((entry, at) => entry.relpath === entries[at + 1]?.relpath);
  if (twice) throw corrupt(id, source, `It lists ${JSON.stringify(twice.relpath)} more than once.`);
  return entries;
}

/** The bytes that DVC writes for these entries: Python's `json.dumps(entries, sort_keys=True)`. */
export function serialiseManifest(entries: readonly ManifestEntry[]): Buffer {
  const sorted = isAscending(entries) ? entries : [...entries].sort(byRelpath);
  const parts: Buffer[] = [];
  let part = '[';
  let separator = '';
  let inPart = 0;
  for (const entry of sorted) {
    part += `${separator}{"md5": "${entry.md5}", "relpath": ${pythonJson(entry.relpath)}}`;
    separator = ', ';
    if (++inPart === ENTRIES_PER_PART) {
      parts.push(Buffer.from(part, 'latin1'));
      part = '';
      inPart = 0;
    }
  }
  parts.push(Buffer.from(`${part}]`, 'latin1'));
  return Buffer.concat(parts);
}

function readEntries(bytes: Uint8Array, fail: (why: string) => WmsError): ManifestEntry[] {
  if (!isUtf8(bytes)) throw fail('It is not UTF-8 text.');
  let list: unknown;
  try {
    list = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch (error) {
    throw fail(`It is not JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(list)) throw fail('It is not a list.');
  for (let at = 0; at < list.length; at++) {
    const problem = problemOf(list[at]);
    if (problem) throw fail(`Entry ${at + 1} ${problem}.`);
  }
  return list;
}

function problemOf(entry: Partial<Record<keyof ManifestEntry, unknown>> | null): string | undefined {
  if (typeof entry !== 'object' || entry === null) return 'is not an object';
  const { md5, relpath } = entry;
  if (typeof relpath !== 'string') return 'has no relpath';
  if (typeof md5 !== 'string' || !MD5.test(md5)) return `(${JSON.stringify(relpath)}) has no MD5`;
  if (UNSAFE_PATH.test(relpath)) return `leaves the directory: ${JSON.stringify(relpath)}`;
  return undefined;
}

function corrupt(id: string, source: string, why: string): WmsError {
  return new WmsError({
    kind: 'manifest/corrupt',
    code: EXIT.network,
    what: `The manifest ${id} in ${source} cannot be used.`,
    why,
    next: 'Point the .dvc file at an earlier version of the dataset (git log -- FILE.dvc), or run dvc add again.',
  });
}

function byRelpath(a: ManifestEntry, b: ManifestEntry): number {
  return compareCodePoints(a.relpath, b.relpath);
}

/** In order, no path twice. No path is empty. */
function isAscending(entries: readonly ManifestEntry[]): boolean {
  let last = '';
  for (const { relpath } of entries) {
    if (compareCodePoints(last, relpath) >= 0) return false;
    last = relpath;
  }
  return true;
}

/** Python escapes everything outside printable ASCII, per UTF-16 unit; JSON.stringify does only part of that. */
function pythonJson(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    NOT_PRINTABLE_ASCII,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
