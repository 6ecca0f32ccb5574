import type { Config } from '../../config/schema.js';
import type { Registry } from '../../ports/registry.js';
import type { Timing } from '../../ports/timing.js';
import type { TrackingServer } from '../../ports/tracking-server.js';
import { realTiming } from '../timing.js';
import { MlflowDoor } from './door.js';
import { openHttp } from './http.js';
import { MlflowRegistry } from './registry.js';
import { findServer } from './server.js';
import { MlflowTracking } from './tracking.js';

export interface MlflowOptions {
  readonly config: Pick<Config, 'tracking' | 'registry'>;
  readonly env: NodeJS.ProcessEnv;
  /** Default: the real one. */
  readonly timing?: Timing;
}

export interface Mlflow {
  readonly tracking: TrackingServer;
  readonly registry: Registry;
}

/** Opens no connection yet. Null when neither environment nor settings name a server. */
export function openMlflow({ config, env, timing = realTiming }: MlflowOptions): Mlflow | null {
  const server = findServer(config.tracking, env);
  if (server === null) return null;
  const door = new MlflowDoor(server, openHttp(server.tls), timing);
  const { experiment } = config.tracking;
  return {
    tracking: new MlflowTracking(door),
    registry: new MlflowRegistry(door, { ...config.registry, experiment }),
  };
}
