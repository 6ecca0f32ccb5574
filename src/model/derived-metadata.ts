import type { ModelVersion, Registry } from '../ports/registry.js';
import { comparableScores, type ModelMetadata, metadataOf } from './metadata.pure.js';

/** What the registry alone tells about its Production model. */
export async function derivedMetadata(registry: Registry, production: ModelVersion): Promise<ModelMetadata> {
  const [last] = await registry.promotions();
  const before = last?.version === production.version ? last.replaced : null;
  const versions = before === null ? [] : await registry.versions();
  const replaced = versions.find(({ version }) => version === before) ?? null;
  const baseline = comparableScores(production, replaced);
  return metadataOf(production, { baseline, githubRun: null, verdict: null });
}
