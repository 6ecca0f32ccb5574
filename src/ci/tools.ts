import type { DatasetTools } from '../dataset/tools.js';
import type { RegistryPlace } from '../model/registry/place.js';
import type { Clock } from '../ports/clock.js';
import type { CodeHost } from '../ports/code-host.js';
import type { HttpClient } from '../ports/http-client.js';
import type { Identity } from '../ports/identity.js';
import type { ModelRunner } from '../ports/model-runner.js';
import type { Prompter } from '../ports/prompter.js';
import type { Registry } from '../ports/registry.js';
import type { StoreNotes } from '../ports/store-notes.js';
import type { Timing } from '../ports/timing.js';
import type { PublishTools } from '../publish/job.js';
import type { ServeTools } from '../serve/server.js';
import type { TrainTools } from '../training/job.js';

/** What the jobs of a data branch need from the outside. */
export interface CiTools extends DatasetTools {
  readonly notes: StoreNotes;
  readonly runner: ModelRunner;
  readonly identity: Identity;
  /** Of this machine's environment: never to be told to others. */
  readonly secrets: readonly string[];
  /** Asks nobody. */
  readonly prompter: Prompter;
  readonly clock: Clock;
  readonly timing: Timing;
  readonly openReading: PublishTools['openReading'];
  readonly openHost: () => Promise<CodeHost>;
  /** `branch`: where a registry that lives in Git is asked and changed; default: the protected branch. */
  readonly openRegistry: (branch?: RegistryPlace) => Promise<Registry>;
  /** What a server of models needs, for trying one. */
  readonly openServing: () => Promise<ServeTools>;
  readonly post: HttpClient;
  readonly openTraining: () => Promise<TrainTools>;
}
