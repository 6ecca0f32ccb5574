/**
 * Cuts the operations that src/adapters/github calls out of GitHub's own description of its REST API, for the tests:
 *
 *   cd /tmp && npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz
 *   npx tsx scripts/cut-github-openapi.ts /tmp/package
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { routesOfClient } from '../test/support/github-server/routes-of-client.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

const ROOT = resolve(fileURLToPath(import.meta.url), '../..');
const OUTPUT = join(ROOT, 'test/support/github-server/github-openapi.json');
/** Says nothing of what is valid. */
const PROSE = new Set(['description', 'example', 'examples', 'title', 'x-github', 'externalDocs', 'default']);
const DEPTH = 2;

const [directory = ''] = process.argv.slice(2);
const { version } = await read('package.json');
const api = await read('generated/api.github.com.deref.json');
const operations: JsonObject = {};
for (const route of await routesOfClient()) {
  const [method = '', path = ''] = route.split(' ');
  const operation = ((api.paths as JsonObject)[path] as JsonObject | undefined)?.[method.toLowerCase()] as
    | JsonObject
    | undefined;
  if (operation === undefined) throw new Error(`GitHub does not describe ${route}`);
  operations[route] = cutOperation(operation);
}
const source = `@octokit/openapi ${version}, generated/api.github.com.deref.json (MIT License, Octokit contributors)`;
await writeFile(OUTPUT, `${JSON.stringify({ source, operations }, null, 1)}\n`);

async function read(name: string): Promise<JsonObject> {
  return JSON.parse(await readFile(join(directory, name), 'utf8'));
}

function cutOperation({ parameters = [], requestBody, responses }: JsonObject): JsonObject {
  const answers = Object.entries(responses as JsonObject).filter(([status]) => status.startsWith('2'));
  return {
    parameters: (parameters as JsonObject[]).map(({ name, in: where, required, schema }) => ({
      name: name as Json,
      in: where as Json,
      required: required ?? false,
      schema: cut(schema as Json, DEPTH),
    })),
    body: requestBody === undefined ? null : cut(schemaOf(requestBody as JsonObject), DEPTH),
    answers: Object.fromEntries(
      answers.map(([status, answer]) => [status, cut(schemaOf(answer as JsonObject), DEPTH)]),
    ),
  };
}

function schemaOf({ content }: JsonObject): Json {
  return ((content as JsonObject)['application/json'] as JsonObject).schema as Json;
}

/** A schema without prose; below `depth` objects in objects, nothing is said of what is in them. */
function cut(schema: Json, depth: number): Json {
  if (Array.isArray(schema)) return schema.map((each) => cut(each, depth));
  if (schema === null || typeof schema !== 'object') return schema;
  const kept: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) {
    if (PROSE.has(key)) continue;
    if (key !== 'properties') kept[key] = cut(value, depth);
    else if (depth > 0)
      kept[key] = Object.fromEntries(
        Object.entries(value as JsonObject).map(([name, each]) => [name, cut(each, depth - 1)]),
      );
  }
  if (depth === 0) delete kept.required;
  return kept;
}
