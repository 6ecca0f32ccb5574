import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { git } from './scratch.js';

/** Everything of a clone that a push must leave alone: working tree, index, HEAD, branches and tags. */
export async function cloneState(clone: string): Promise<Record<string, unknown>> {
  return {
    files: filesBelow(clone, ['.git', 'node_modules']),
    index: digest(readFileSync(join(clone, '.git/index'))),
    head: readFileSync(join(clone, '.git/HEAD'), 'utf8'),
    refs: await refsOf(clone, 'refs/heads', 'refs/tags'),
  };
}

/** Every ref, or those below `prefixes`, with the object it names. */
export function refsOf(repository: string, ...prefixes: string[]): Promise<string> {
  return git(repository, 'for-each-ref', '--format=%(refname) %(objectname)', ...prefixes);
}

/** Path → what is there, as text that differs when mode or content does. */
export function filesBelow(root: string, except: readonly string[] = []): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (directory: string, prefix: string) => {
    for (const name of readdirSync(directory).sort()) {
      const path = join(directory, name);
      const shown = prefix + name;
      if (except.includes(shown)) continue;
      const stat = lstatSync(path);
      if (stat.isDirectory()) visit(path, `${shown}/`);
      else if (stat.isSymbolicLink()) found[shown] = `link to ${readlinkSync(path)}`;
      else found[shown] = `${stat.mode.toString(8)} ${digest(readFileSync(path))}`;
    }
  };
  visit(root, '');
  return found;
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
