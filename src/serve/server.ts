import { retold, WmsError } from '../errors.js';
import { checkModelFile } from '../model/inference/check-model.js';
import type { ModelTensors } from '../model/inference/open-model.js';
import type { OpenHttpServer } from '../ports/http-server.js';
import type { ModelRunner } from '../ports/model-runner.js';
import type { Reporter } from '../ports/reporter.js';
import type { ThreadPool } from '../ports/thread-pool.js';
import { answerError } from './answers.js';
import type { Job, JobResult, MaskResult, TensorResult, ThreadStart } from './jobs.js';
import { Metrics } from './metrics.js';
import { Queue } from './queue.js';
import { routes } from './routes.js';
import type { Variant } from './serving.js';

export interface ServeTools {
  readonly runner: ModelRunner;
  readonly openHttp: OpenHttpServer;
  openPool(data: ThreadStart, size: PoolSize): Promise<ThreadPool<Job, JobResult>>;
  readonly cores: number;
  /** Of this package. */
  readonly version: string;
  /** From 0 to below 1. */
  random(): number;
  /** Milliseconds. */
  now(): number;
  readonly reporter: Reporter;
}

interface PoolSize {
  readonly threads: number;
  readonly jobsPerThread: number;
  readonly limitMs: number;
}

export interface ServeOptions {
  readonly variants: readonly Variant[];
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly limits: {
    readonly workers?: number | undefined;
    readonly queue: number;
    readonly maxBodyMB: number;
    readonly maxMegapixels: number;
  };
}

export interface RunningServer {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** Requests in flight are answered first. */
  stop(): Promise<void>;
}

const MOST_WORKERS = 4;
/** While one job of a thread waits for the model, the photo of another is decoded. */
const JOBS_PER_THREAD = 2;
const JOB_LIMIT_MS = 60_000;
const GRACE_MS = 30_000;

/**
 * Serves models over HTTP; resolves when all have run once in every thread. From the beginning it answers health
 * requests, and everything else with 503. Throws WmsError (exit code 2) as `checkModelFile`, `serve/cannot-listen`.
 */
export async function startServer(tools: ServeTools, options: ServeOptions): Promise<RunningServer> {
  const { reporter, cores } = tools;
  const { variants, limits, host, port } = options;
  const threads = limits.workers ?? Math.min(cores, MOST_WORKERS);
  let pool: ThreadPool<Job, JobResult> | null = null;
  const queue = new Queue(threads * JOBS_PER_THREAD, limits.queue, tools.now);
  const tensors = new Map<string, ModelTensors>();
  const run = (job: Job, signal: AbortSignal): Promise<JobResult> => {
    if (pool === null) throw new Error('not ready');
    return pool.run(job, signal);
  };
  const isReady = () => pool !== null && pool.ready > 0;
  const http = await tools.openHttp({
    host,
    port,
    maxBodyBytes: Math.round(limits.maxBodyMB * 1e6),
    refuse: answerError,
    routes: routes(
      {
        variants,
        queue,
        metrics: new Metrics(variants, queue, isReady),
        isReady,
        tensorsOf: (variant) => tensors.get(variant) ?? null,
        // A thread answers a job with the result of its kind.
        predict: (job, signal) => run(job, signal) as Promise<MaskResult>,
        infer: (job, signal) => run(job, signal) as Promise<TensorResult>,
        random: tools.random,
        now: tools.now,
      },
      {
        version: tools.version,
        variants,
        maxBodyMB: limits.maxBodyMB,
        maxMegapixels: limits.maxMegapixels,
      },
    ),
  });
  const close = async () => {
    await http.close(GRACE_MS);
    await pool?.close();
  };
  try {
    for (const variant of variants) tensors.set(variant.name, await check(tools, variant));
    const warmUp = reporter.step('Warm-up');
    const since = tools.now();
    pool = await tools.openPool(
      {
        models: variants,
        threadsPerModel: Math.max(1, Math.floor(cores / threads)),
        maxPixels: limits.maxMegapixels * 1e6,
      },
      { threads, jobsPerThread: JOBS_PER_THREAD, limitMs: JOB_LIMIT_MS },
    );
    warmUp.done(`${threads} ${threads === 1 ? 'thread' : 'threads'}, ${Math.round(tools.now() - since)} ms`);
    return { url: http.url, stop: close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function check(
  { runner, reporter }: ServeTools,
  { name, source, model, facts }: Variant,
): Promise<ModelTensors> {
  const step = reporter.step('Model');
  try {
    const { size, tensors } = await checkModelFile(runner, { path: source, model, facts });
    step.done(`${name}: ${source} · ${size.input.width} × ${size.input.height}`);
    return tensors;
  } catch (error) {
    step.failed(source);
    throw error instanceof WmsError ? retold(error, { what: `${source}: ${error.message}` }) : error;
  }
}
