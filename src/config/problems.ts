import type { z } from 'zod';
import { configJsonSchema } from './json-schema.js';
import { type Problem, rules } from './rules.js';
import { type Config, configSchema } from './schema.js';
import { didYouMean } from './suggest.pure.js';

type Checked = { readonly config: Config } | { readonly problems: readonly Problem[] };

/** Settings of a parsed file, or everything that is wrong with it. */
export function checkConfig(input: unknown): Checked {
  const whole = configSchema.safeParse(input);
  const shape = whole.success ? [] : whole.error.issues.flatMap((issue) => fromIssue(issue, input));
  const { config, broken } = whole.success ? { config: whole.data, broken: new Set() } : salvage(input);
  const crossField = rules
    .filter(({ reads }) => !reads.some((section) => broken.has(section)))
    .flatMap(({ check }) => check(config));
  const problems = [...shape, ...crossField];
  return problems.length === 0 ? { config } : { problems };
}

/** The sections that can be read, with defaults for the others: rules on them are checked all the same. */
function salvage(input: unknown): { config: Config; broken: ReadonlySet<string> } {
  const sections = isObject(input) ? Object.entries(input) : [];
  const readable: Record<string, unknown> = {};
  const broken = new Set<string>();
  for (const [name, value] of sections) {
    if (!(name in configSchema.shape)) continue;
    const cleaned = withoutUnknownKeys(name, value);
    if (configSchema.safeParse({ [name]: cleaned }).success) readable[name] = cleaned;
    else broken.add(name);
  }
  return { config: configSchema.parse(readable), broken };
}

function withoutUnknownKeys(section: string, value: unknown): unknown {
  const known = configJsonSchema().properties?.[section]?.properties;
  if (known === undefined || !isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => key in known));
}

function fromIssue(issue: z.core.$ZodIssue, input: unknown): Problem[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(path.map(String), key) }));
  }
  return [{ path, message: message(issue, valueAt(input, path)) }];
}

function unknownKey(parent: readonly string[], key: string): string {
  const guess = didYouMean(configJsonSchema(), parent, key);
  return `is not a setting${guess === null ? '' : `: did you mean ${guess}?`}`;
}

function message(issue: z.core.$ZodIssue, value: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${article(issue.expected)}, is ${describe(value)}`;
    case 'invalid_value':
      return `must be ${issue.values.join(' or ')}, is ${describe(value)}`;
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `must be at least ${issue.minimum}, is ${value}`
        : 'must not be empty';
    case 'too_big':
      return `must be at most ${issue.maximum}, is ${value}`;
    default:
      return issue.message;
  }
}

function article(type: string): string {
  const words: Record<string, string> = { int: 'a whole number', array: 'a list', object: 'an object' };
  return words[type] ?? `a ${type}`;
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isObject(value)) return 'an object';
  return JSON.stringify(value);
}

function valueAt(input: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), input);
}

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null;
}
