import { createHash } from 'node:crypto';
import { type ObjectStore, objectKey } from '../../ports/object-store.js';
import type { Registry } from '../../ports/registry.js';
import type { SessionModel } from '../session.js';

export interface ModelTools {
  readonly registry: Registry;
  readonly store: ObjectStore;
  /** Keeps objects that are about to be stored, or found there, from being cleaned away. */
  readonly countOn: (ids: readonly string[]) => Promise<void>;
}

/**
 * Production as the session's machine finds it: objects of the store, put there where the registry keeps them elsewhere.
 * Null: there is none. Throws what registry and store throw.
 */
export async function productionForSession({
  registry,
  store,
  countOn,
}: ModelTools): Promise<SessionModel | null> {
  const production = await registry.production();
  if (production === null) return null;
  const { model, facts } = await registry.load(production.version);
  const parts = { 'model.onnx': model, ...(facts === null ? {} : { 'model.json': Buffer.from(facts) }) };
  const files = Object.entries(parts).map(([name, bytes]) => {
    const md5 = createHash('md5').update(bytes).digest('hex');
    return { name, md5, key: objectKey(md5), bytes };
  });
  await countOn(files.map(({ md5 }) => md5));
  for (const { md5, bytes } of files) if (!(await store.has(md5))) await store.put(md5, bytes);
  return { version: production.version, files: files.map(({ name, key, md5 }) => ({ name, key, md5 })) };
}
