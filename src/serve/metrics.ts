import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { HttpAnswer } from '../ports/http-server.js';
import { outcomeOf } from './answers.js';
import type { Queue } from './queue.js';
import type { Weighted } from './variants.pure.js';

const SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

interface Measured extends Weighted {
  readonly version: string;
}

/** What the server has done since it began, for Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Counter;
  readonly #seconds: Histogram;
  readonly #refused: Counter;

  constructor(variants: readonly Measured[], queue: Queue, isReady: () => boolean) {
    const registers = [this.#registry];
    this.#requests = new Counter({
      name: 'wms_requests_total',
      help: 'Photos that a variant was asked about, by what came of it.',
      labelNames: ['variant', 'version', 'outcome'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'wms_request_seconds',
      help: 'Time from the whole photo to its mask, waiting included, in seconds.',
      labelNames: ['variant', 'version'],
      buckets: SECONDS,
      registers,
    });
    this.#refused = new Counter({
      name: 'wms_refused_total',
      help: 'Requests that were answered 503 at once: no place, or not ready.',
      registers,
    });
    new Gauge({
      name: 'wms_requests_inside',
      help: 'Requests that are worked on or wait.',
      registers,
      collect() {
        this.set(queue.inside);
      },
    });
    new Gauge({
      name: 'wms_ready',
      help: '1 when photos are answered.',
      registers,
      collect() {
        this.set(isReady() ? 1 : 0);
      },
    });
    // So that a rate is there from the first request on.
    for (const { name: variant, version } of variants)
      for (const outcome of ['done', 'refused', 'failed'])
        this.#requests.inc({ variant, version, outcome }, 0);
  }

  /** Measures the work that a variant does. */
  async during<T>({ name: variant, version }: Measured, work: () => Promise<T>): Promise<T> {
    const end = this.#seconds.startTimer({ variant, version });
    try {
      const result = await work();
      this.#requests.inc({ variant, version, outcome: 'done' });
      end();
      return result;
    } catch (error) {
      this.#requests.inc({ variant, version, outcome: outcomeOf(error) });
      throw error;
    }
  }

  refused(): void {
    this.#refused.inc();
  }

  async answer(): Promise<HttpAnswer> {
    return { status: 200, type: this.#registry.contentType, body: await this.#registry.metrics() };
  }
}
