import { readFile } from 'node:fs/promises';
import { EXIT, WmsError } from '../errors.js';
import { type JsonNode, JsonSyntaxError, parseJsonTree } from './json-tree.pure.js';
import { checkConfig } from './problems.js';
import type { Problem } from './rules.js';
import { type Config, configSchema } from './schema.js';

/**
 * Settings in the text of a configuration file. `source` names the file in messages: `wms.config.json`, or
 * `wms.config.json of commit 1a2b3c4`. Throws WmsError `config/invalid` with all problems at once.
 */
export function parseConfig(content: string | Uint8Array, source: string): Config {
  const text = decode(content, source);
  if (text.trim() === '') {
    throw invalid(
      `${source} is empty`,
      undefined,
      'write the defaults into it: delete the file and run npx wms init',
    );
  }
  const tree = parseTree(text, source);
  const checked = checkConfig(JSON.parse(text));
  const problems = [...repeatedKeys(tree), ...('problems' in checked ? checked.problems : [])];
  if (problems.length === 0 && 'config' in checked) return checked.config;
  const count = problems.length === 1 ? 'a problem' : `${problems.length} problems`;
  const lines = problems.map((problem) => describe(problem, text, tree));
  throw invalid(`${source} has ${count}`, lines.join('\n'));
}

/** Settings of the file at `path`, or null when there is no such file. */
export async function readConfigFile(path: string, source: string): Promise<Config | null> {
  try {
    return parseConfig(await readFile(path), source);
  } catch (error) {
    if (error instanceof WmsError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw invalid(`${source} cannot be read`, message, 'make it a readable file, then run the command again');
  }
}

/** Settings of a repository that has no configuration file. */
export function defaultConfig(): Config {
  return configSchema.parse({});
}

function decode(content: string | Uint8Array, source: string): string {
  try {
    const text =
      typeof content === 'string' ? content : new TextDecoder('utf-8', { fatal: true }).decode(content);
    return text.replace(/^\uFEFF/, '');
  } catch {
    throw invalid(`${source} is not UTF-8 text`, undefined, 'save it as UTF-8, then run the command again');
  }
}

function parseTree(text: string, source: string): JsonNode {
  try {
    return parseJsonTree(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw invalid(`${source} is not valid JSON`, excerpt(text, error));
  }
}

function excerpt(text: string, { offset, message }: JsonSyntaxError): string {
  const { line, column } = position(text, offset);
  const shown = (text.split(/\r?\n/)[line - 1] ?? '').replace(/\t/g, ' ').slice(0, 200);
  const label = `  ${line} | `;
  return `line ${line}, column ${column}: ${message}\n${label}${shown}\n${' '.repeat(label.length + column - 1)}^`;
}

function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

function describe({ path, message }: Problem, text: string, tree: JsonNode): string {
  const name = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  const { line } = position(text, find(tree, path).start);
  return `${name.replace(/^\./, '') || 'the file'} (line ${line}): ${message}`;
}

/** The value at `path`, or the innermost one around it: a setting that is missing has no place of its own. */
function find(node: JsonNode, path: readonly (string | number)[]): JsonNode {
  const [key, ...rest] = path;
  const child =
    node.type === 'object'
      ? node.members.findLast((member) => member.key === key)?.value
      : node.type === 'array'
        ? node.items[Number(key)]
        : undefined;
  return key === undefined || child === undefined ? node : find(child, rest);
}

/** JSON.parse keeps the last one silently; the person who wrote the first would wonder. */
function repeatedKeys(node: JsonNode, path: readonly (string | number)[] = []): Problem[] {
  if (node.type === 'scalar') return [];
  if (node.type === 'array') return node.items.flatMap((item, index) => repeatedKeys(item, [...path, index]));
  const keys = node.members.map(({ key }) => key);
  return node.members.flatMap(({ key, value }, index) => {
    const here = [...path, key];
    const repeated = keys.indexOf(key) < index ? [{ path: here, message: 'is given twice' }] : [];
    return [...repeated, ...repeatedKeys(value, here)];
  });
}

function invalid(
  what: string,
  why?: string,
  next = 'correct the file (and commit it, when you were pushing), then run the command again',
): WmsError {
  return new WmsError({ kind: 'config/invalid', code: EXIT.usage, what, ...(why && { why }), next });
}
