import { type Document, isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { EXIT, WmsError } from '../errors.js';

/** What a `.dvc` file says about its one output. */
export interface Pointer {
  /** MD5 of the file, or of the manifest with `.dir`. */
  readonly id: string;
  /** Of the output, relative to the pointer's directory, `/` between components. */
  readonly path: string;
  /** Bytes in all; for people and progress bars. */
  readonly size: number | undefined;
  readonly nfiles: number | undefined;
}

/** A pointer with where its values stand in the text. */
export interface ParsedPointer {
  readonly document: Document;
  readonly out: YAMLMap;
  readonly pointer: Pointer;
}

export function readPointer(text: string, file: string): ParsedPointer {
  const fail = (why: string): WmsError => corrupt(file, why);
  if (/^(?:<{7}|>{7}|\|{7})(?: |\r?$)/m.test(text)) throw unmerged(file);
  // As strings: an MD5 without quotes can look like a number.
  const document = parseDocument(text, { schema: 'failsafe', prettyErrors: true });
  const [error] = document.errors;
  if (error) throw fail(`It is not YAML: ${error.message.trim()}`);
  const outs = isMap(document.contents) ? document.contents.get('outs') : undefined;
  if (!isSeq(outs) || outs.items.length === 0) throw fail('It names no output ("outs").');
  const [out] = outs.items;
  if (outs.items.length > 1) throw fail(`It names ${outs.items.length} outputs, where one is expected.`);
  if (!isMap(out)) throw fail('Its output is not a mapping.');
  return { document, out, pointer: readOut(out, document, file, fail) };
}

function readOut(out: YAMLMap, document: Document, file: string, fail: (why: string) => WmsError): Pointer {
  const id = textOf(out, 'md5');
  const path = textOf(out, 'path');
  if (!path) throw fail('Its output has no path.');
  if (out.has('files')) throw fail('It lists files and versions: the layout of version_aware remotes.');
  if (!id) throw fail('Its output has no md5.');
  if (!/^[0-9a-f]{32}(?:\.dir)?$/.test(id))
    throw fail(`Its md5 is ${JSON.stringify(id)}, which is not an MD5.`);
  const hash = textOf(out, 'hash');
  if (hash === undefined) throw legacy(file);
  if (hash !== 'md5') throw fail(`Its hash is ${JSON.stringify(hash)}, where only "md5" is known.`);
  const wdir = isMap(document.contents) ? textOf(document.contents, 'wdir') : undefined;
  return {
    id,
    path: wdir === undefined ? path : joined(wdir, path),
    size: wholeNumber(textOf(out, 'size')),
    nfiles: wholeNumber(textOf(out, 'nfiles')),
  };
}

function textOf(map: YAMLMap, key: string): string | undefined {
  const node = map.get(key, true);
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}

function joined(wdir: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${wdir}/${path}`.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** Both numbers are optional, so one that cannot be read counts as not there. */
function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function corrupt(file: string, why: string): WmsError {
  return new WmsError({
    kind: 'pointer/corrupt',
    code: EXIT.usage,
    what: `The pointer ${file} cannot be read.`,
    why,
    next: `Take it from an earlier commit: git log -- ${file}`,
  });
}

function unmerged(file: string): WmsError {
  return new WmsError({
    kind: 'pointer/corrupt',
    code: EXIT.usage,
    what: `The pointer ${file} cannot be read.`,
    why: 'It holds the conflict markers of a merge.',
    next: `Merge ${file} by content, then commit: npx wms data merge`,
  });
}

function legacy(file: string): WmsError {
  return new WmsError({
    kind: 'pointer/legacy',
    code: EXIT.usage,
    what: `The pointer ${file} was written by DVC 2.`,
    why: 'It has no "hash: md5", so its objects are in the older layout and named by another hash.',
    next: 'Migrate the repository with DVC 3, then commit: dvc cache migrate --dvc-files && dvc push',
  });
}
