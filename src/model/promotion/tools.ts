import type { Config } from '../../config/schema.js';
import type { Clock } from '../../ports/clock.js';
import type { GitRepository } from '../../ports/git-repository.js';
import type { Registry } from '../../ports/registry.js';
import type { Reporter } from '../../ports/reporter.js';
import type { Timing } from '../../ports/timing.js';
import type { RegistryPlace } from '../registry/place.js';

/** What changing Production needs from the outside. */
export interface PromotionTools {
  readonly git: GitRepository;
  readonly config: Config;
  readonly registry: Registry;
  /** Branch that gets `model-metadata.json`; default: the protected one. */
  readonly place?: RegistryPlace;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly timing: Timing;
}
