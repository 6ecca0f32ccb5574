import { readFileSync } from 'node:fs';
import { Ajv, type AnySchema } from 'ajv';
import { GithubRefusal } from './state.js';

interface Operation {
  readonly parameters: readonly {
    readonly name: string;
    readonly in: 'path' | 'query' | 'header';
    readonly required: boolean;
    readonly schema: AnySchema;
  }[];
  readonly body: AnySchema | null;
  /** By status. */
  readonly answers: Readonly<Record<string, AnySchema>>;
}

interface Description {
  readonly source: string;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** What GitHub says of the operations that are used here; made by scripts/cut-github-openapi.ts. */
export const DESCRIPTION: Description = JSON.parse(
  readFileSync(new URL('github-openapi.json', import.meta.url), 'utf8'),
);

const ajv = new Ajv({
  strict: false,
  coerceTypes: true,
  allErrors: true,
  validateFormats: false,
  logger: false,
});
const checks = new Map<AnySchema, ReturnType<typeof ajv.compile>>();

/** Finds out which operation a request is, and refuses what GitHub does not describe. */
export function describedOperation(
  method: string,
  path: string,
  query: URLSearchParams,
  body: object | null,
): Operation {
  for (const [route, operation] of Object.entries(DESCRIPTION.operations)) {
    const values = match(route, `${method} ${path}`);
    if (values === null) continue;
    const known = { path: values, query: Object.fromEntries(query), header: {} };
    for (const name of query.keys())
      if (!operation.parameters.some((each) => each.in === 'query' && each.name === name))
        throw notDescribed(`${route} has no parameter ${name}`);
    for (const { name, in: where, required, schema } of operation.parameters) {
      const value = (known[where] as Record<string, string>)[name];
      if (value === undefined && required) throw notDescribed(`${route} needs ${name}`);
      if (value !== undefined) conform({ properties: { [name]: schema } }, { [name]: value }, route);
    }
    if (body === null ? operation.body !== null : operation.body === null)
      throw notDescribed(`${route}: a body, where none is described, or none`);
    if (operation.body !== null) conform(closed(operation.body), structuredClone(body), `${route}, body`);
    return operation;
  }
  throw notDescribed(`${method} ${path} is not among the operations of github-openapi.json`);
}

/** The answer of the fake: what it says must have GitHub's names and types. Fields that nobody reads may be missing. */
export function describedAnswer({ answers }: Operation, answer: unknown): number {
  const [status = '', schema = {}] = Object.entries(answers)[0] ?? [];
  conform(loose(schema), structuredClone(answer), `answer ${status}`);
  return Number(status);
}

function match(route: string, request: string): Record<string, string> | null {
  const names = [...route.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const found = new RegExp(`^${route.replace(/\{\w+\}/g, '([^/]+)')}$`).exec(request);
  return found && Object.fromEntries(names.map((name, at) => [name, found[at + 1] ?? '']));
}

function conform(schema: AnySchema, value: unknown, where: string): void {
  const check = checks.get(schema) ?? ajv.compile(schema);
  checks.set(schema, check);
  if (!check(value)) throw notDescribed(`${where}: ${ajv.errorsText(check.errors)}`);
}

const derived = new Map<AnySchema, AnySchema>();

const closed = (schema: AnySchema): AnySchema =>
  once(schema, (each) => ('properties' in each ? { ...each, additionalProperties: false } : each));

const loose = (schema: AnySchema): AnySchema => once(schema, loosened);

function once(schema: AnySchema, make: (schema: Record<string, unknown>) => unknown): AnySchema {
  const made = derived.get(schema) ?? (make(schema as Record<string, unknown>) as AnySchema);
  derived.set(schema, made);
  return made;
}

/** Without what must be there; names that are not described are refused. */
function loosened(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(loosened);
  if (schema === null || typeof schema !== 'object') return schema;
  const { required: _, ...rest } = schema as Record<string, unknown>;
  const inner = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [
      key,
      key === 'properties'
        ? Object.fromEntries(Object.entries(value as object).map(([name, each]) => [name, loosened(each)]))
        : loosened(value),
    ]),
  );
  return 'properties' in inner ? { additionalProperties: false, ...inner } : inner;
}

function notDescribed(why: string): GithubRefusal {
  return new GithubRefusal(422, `GitHub does not describe this: ${why}`);
}
