import type { ModelVersion, Promotion, Registry } from '../ports/registry.js';

export interface ModelHistory {
  readonly registry: string;
  /** Version that is Production; null for none. */
  readonly production: string | null;
  /** Newest first. */
  readonly versions: readonly ModelVersion[];
  /** Newest first. */
  readonly promotions: readonly Promotion[];
}

export async function readHistory(registry: Registry): Promise<ModelHistory> {
  const production = (await registry.production())?.version ?? null;
  const [versions, promotions] = [await registry.versions(), await registry.promotions()];
  return { registry: registry.url, production, versions, promotions };
}
