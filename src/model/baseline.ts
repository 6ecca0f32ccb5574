import type { ModelVersion, Promotion, Registry } from '../ports/registry.js';

/** What new models must beat. */
export interface Baseline {
  readonly registry: string;
  /** Null: the registry said that there is none yet. */
  readonly production: ModelVersion | null;
  /** The promotion that put it there; null when the registry did not do it. */
  readonly promotion: Promotion | null;
}

/** Throws what the registry throws: not to know Production is never the same as having none. */
export async function readBaseline(registry: Registry): Promise<Baseline> {
  const production = await registry.production();
  const [last] = production === null ? [] : await registry.promotions();
  const promotion = last !== undefined && last.version === production?.version ? last : null;
  return { registry: registry.url, production, promotion };
}
