import { EXIT, WmsError } from '../errors.js';

/** Unquoted commas make a list, as in ConfigObj, which DVC reads its settings with. */
export type IniValue = string | readonly string[];
/** Section name → key → value; both lowercased, as DVC does. Keys before any section are in `''`. */
export type IniFile = Map<string, Map<string, IniValue>>;

// These follow ConfigObj's own expressions, so that odd lines mean here what they mean to DVC.
const KEY_VALUE = /^\s*((?:".*?")|(?:'.*?')|(?:[^'"=].*?))\s*=\s*(.*)$/;
const SECTION = /^\s*\[\s*("\s*\S.*?\s*"|'\s*\S.*?\s*'|[^'"\s[\]].*?)\s*\]\s*(?:#.*)?$/;
const ITEM = /\s*(?:"([^"]*)"|'([^']*)'|([^'",#\s][^,#]*?)|)\s*(,|#|$)/y;

/** Reads the text of one `.dvc/config`. Throws WmsError `config/dvc-syntax` with the line's number. */
export function parseIni(text: string, file: string): IniFile {
  const sections: IniFile = new Map();
  let section = new Map<string, IniValue>();
  sections.set('', section);
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (const [index, line] of lines.entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const fail = (why: string) => syntaxError(file, index + 1, why);
    const header = SECTION.exec(line)?.[1];
    if (header !== undefined) {
      const name = unquote(header).toLowerCase();
      if (sections.has(name)) throw fail(`The section [${name}] is there twice.`);
      section = new Map();
      sections.set(name, section);
      continue;
    }
    const [, key, value] = KEY_VALUE.exec(line) ?? [];
    if (key === undefined || value === undefined) throw fail('It is neither a section nor "key = value".');
    const name = unquote(key).toLowerCase();
    if (section.has(name)) throw fail(`The key ${name} is there twice in its section.`);
    const parsed = parseValue(value);
    if (parsed === null) throw fail(`The value of ${name} has a quote that is not closed.`);
    section.set(name, parsed);
  }
  return sections;
}

function parseValue(text: string): IniValue | null {
  if (/^("""|''')/.test(text)) {
    const triple = /^("""|''')(.*?)\1\s*(?:#.*)?$/.exec(text);
    return triple?.[2] ?? null;
  }
  const items: string[] = [];
  let commas = 0;
  ITEM.lastIndex = 0;
  for (;;) {
    const match = ITEM.exec(text);
    if (match === null) return null;
    const [, double, single, plain, end] = match;
    const item = double ?? single ?? plain;
    if (item !== undefined) items.push(item);
    if (end !== ',') break;
    commas += 1;
  }
  return commas === 0 ? (items[0] ?? '') : items;
}

function unquote(text: string): string {
  return /^(["']).*\1$/.test(text) && text.length > 1 ? text.slice(1, -1) : text;
}

function syntaxError(file: string, line: number, why: string): WmsError {
  return new WmsError({
    kind: 'config/dvc-syntax',
    code: EXIT.usage,
    what: `${file}, line ${line}, cannot be read.`,
    why,
    next: `Correct that line of ${file}.`,
  });
}
