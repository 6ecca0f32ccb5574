import type { MachineUrls } from '../../ports/compute.js';
import { openFront } from './front.js';
import type { Log } from './log.js';
import { findMlflow, mlflowServer } from './mlflow.js';
import { modelApi, whyNoProduction } from './model-api.js';
import type { SupervisorParts } from './parts.js';
import { type Program, Service } from './service.js';

/** Those of the documentation of MLflow and of the machines in the cloud; another one where it is taken. */
const PORTS = { mlflow: 5000, api: 8000 };

interface Outcome {
  readonly told?: { readonly mlflow?: string; readonly api?: string };
}

/** What runs on the machine. */
export class Programs {
  readonly #services = new Map<keyof MachineUrls, Service>();
  #usedAt = performance.now();

  constructor(
    private readonly parts: SupervisorParts,
    private readonly log: Log,
  ) {}

  get urls(): MachineUrls {
    return Object.fromEntries([...this.#services].map(([name, { front }]) => [name, front.url]));
  }

  /** Milliseconds of `performance.now()`. */
  usedAt(): number {
    return Math.max(this.#usedAt, ...[...this.#services.values()].map(({ front }) => front.usedAt()));
  }

  /** Somebody uses the machine in another way than by a request. */
  use(): void {
    this.#usedAt = performance.now();
  }

  async startMlflow(): Promise<Outcome> {
    const { card, env, mlflowDirectory } = this.parts;
    const program = await findMlflow(card.topLevel, env);
    if (program === null) return { told: { mlflow: 'not installed: pip install mlflow' } };
    await this.#start('mlflow', await mlflowServer(program, mlflowDirectory, env));
    return {};
  }

  async startApi(): Promise<Outcome> {
    const { card, runner } = this.parts;
    const own =
      card.hasTracking || this.urls.mlflow === undefined ? {} : { MLFLOW_TRACKING_URI: this.urls.mlflow };
    const env = { ...own, ...this.parts.env };
    const why = await whyNoProduction(card, runner, env, this.log.of('wms model baseline'));
    if (why !== null) return { told: { api: why } };
    await this.#start('api', modelApi(card, env));
    return {};
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#services.values()].map((service) => service.stop()));
  }

  async #start(name: keyof MachineUrls, program: Program): Promise<void> {
    const service = new Service(this.parts.runner, program, await openFront(PORTS[name]), this.log);
    this.#services.set(name, service);
    await service.start();
  }
}
