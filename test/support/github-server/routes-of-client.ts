import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLIENT = resolve(fileURLToPath(import.meta.url), '../../../../src/adapters/github');

/** Operations that the client of GitHub names in its source: `GET /repos/{owner}/{repo}/pulls`, sorted. */
export async function routesOfClient(): Promise<string[]> {
  const found = new Set<string>();
  for (const file of await readdir(CLIENT)) {
    const text = await readFile(join(CLIENT, file), 'utf8');
    for (const [, route = ''] of text.matchAll(/'((?:GET|POST|PUT|PATCH|DELETE) \/[^']*)'/g))
      found.add(route);
  }
  return [...found].sort();
}
