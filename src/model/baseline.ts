import type { ModelVersion, Promotion, Registry } from '../ports/registry.js';
import type { JournalEntry } from './promotion/journal.js';

/** What new models must beat. */
export interface Baseline {
  readonly registry: string;
  /** Null: the registry said that there is none yet. */
  readonly production: ModelVersion | null;
  /** The promotion that put it there; null when the registry did not do it. */
  readonly promotion: Promotion | null;
  /** Version whose promotion was killed here when only its metadata were missing; null for none. */
  readonly unfinished: string | null;
}

/** Throws what the registry throws: not to know Production is never the same as having none. */
export async function readBaseline(registry: Registry, begun: JournalEntry | null): Promise<Baseline> {
  const production = await registry.production();
  const [last] = production === null ? [] : await registry.promotions();
  const promotion = last !== undefined && last.version === production?.version ? last : null;
  const unfinished = begun !== null && begun.version === production?.version ? begun.version : null;
  return { registry: registry.url, production, promotion, unfinished };
}
