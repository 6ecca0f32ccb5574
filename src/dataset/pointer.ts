import { type Document, isNode, isScalar, visit, type YAMLMap } from 'yaml';
import { type Pointer, readPointer } from './pointer-parse.js';
import { yamlScalar } from './yaml-scalar.js';

interface PointerTarget {
  /** Of the output; an existing pointer keeps its own. */
  readonly path: string;
  readonly id: string;
  /** Leave out what is not known: DVC does without both, and fills them in on its next `dvc add`. */
  readonly size?: number | undefined;
  readonly nfiles?: number | undefined;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Reads the pointer file `file`, of a directory or of a single file. Fields that it does not know are accepted. */
export function parsePointer(text: string, file: string): Pointer {
  return readPointer(text, file).pointer;
}

/**
 * Text of a pointer to `target`. Everything else in an existing text stays as it is: comments and their columns,
 * order, quotes, unknown fields. Null makes a new one as DVC writes it.
 */
export function updatePointer(text: string | null, target: PointerTarget): string {
  if (text === null) return newPointer(target);
  const { document, out } = readPointer(text, `${target.path}.dvc`);
  if (out.flow) return updatePointer(inBlockStyle(document), target);
  const values = {
    md5: yamlScalar(target.id),
    size: target.size?.toString(),
    nfiles: target.nfiles?.toString(),
  };
  const edits: Edit[] = [];
  const added: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    const at = out.items.findIndex((pair) => isScalar(pair.key) && pair.key.value === key);
    if (at === -1) {
      if (value !== undefined) added.push(`${key}: ${value}`);
    } else {
      edits.push(value === undefined ? removal(text, out, at) : replacement(text, out, at, value));
    }
  }
  if (added.length > 0) edits.push(insertion(text, out, added));
  return edits
    .sort((a, b) => b.start - a.start)
    .reduce((current, { start, end, text: by }) => current.slice(0, start) + by + current.slice(end), text);
}

function newPointer({ path, id, size, nfiles }: PointerTarget): string {
  const fields = [
    `md5: ${yamlScalar(id)}`,
    ...(size === undefined ? [] : [`size: ${size}`]),
    ...(nfiles === undefined ? [] : [`nfiles: ${nfiles}`]),
    'hash: md5',
    `path: ${yamlScalar(path)}`,
  ];
  return `outs:\n- ${fields.join('\n  ')}\n`;
}

/** DVC never writes `{…}` and `[…]`; a person who did gets the usual layout. */
function inBlockStyle(document: Document): string {
  visit(document, {
    Collection(_key, node) {
      node.flow = false;
    },
  });
  return document.toString({ lineWidth: 0, indentSeq: false });
}

function replacement(text: string, out: YAMLMap, at: number, value: string): Edit {
  const { start, end } = valueSpan(out, at);
  const before = text[start - 1] === ':' ? ' ' : '';
  // A comment behind the value keeps its column, as it does with DVC.
  const gap = /^( +)#/.exec(text.slice(end))?.[1];
  if (gap === undefined) return { start, end, text: before + value };
  const padding = ' '.repeat(Math.max(1, gap.length + (end - start) - value.length));
  return { start, end: end + gap.length, text: before + value + padding };
}

function removal(text: string, out: YAMLMap, at: number): Edit {
  const start = keyStart(out, at);
  // The first key stands behind the dash.
  if (at === 0) return { start, end: keyStart(out, 1), text: '' };
  return { start: lineStart(text, start), end: nextLine(text, valueSpan(out, at).end), text: '' };
}

function insertion(text: string, out: YAMLMap, lines: readonly string[]): Edit {
  const first = keyStart(out, 0);
  const indent = ' '.repeat(first - lineStart(text, first));
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const at = nextLine(text, valueSpan(out, out.items.length - 1).end);
  const before = text[at - 1] === '\n' ? '' : newline;
  return { start: at, end: at, text: before + lines.map((line) => indent + line + newline).join('') };
}

function keyStart(out: YAMLMap, at: number): number {
  return rangeOf(out.items[at]?.key).start;
}

function valueSpan(out: YAMLMap, at: number): { start: number; end: number } {
  return rangeOf(out.items[at]?.value);
}

function rangeOf(node: unknown): { start: number; end: number } {
  if (!isNode(node) || !node.range) throw new Error('a parsed YAML node has no range');
  return { start: node.range[0], end: node.range[1] };
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** Where the line after the one that ends a value begins; a nested value ends behind its line break already. */
function nextLine(text: string, end: number): number {
  if (text[end - 1] === '\n') return end;
  const newline = text.indexOf('\n', end);
  return newline === -1 ? text.length : newline + 1;
}
