import { EXIT, WmsError } from '../../src/errors.js';
import type { MetricPoint, RunSearch, TrackedRun, TrackingServer } from '../../src/ports/tracking-server.js';

type Method = Exclude<keyof TrackingServer, 'url'>;

interface Remembered {
  run: TrackedRun;
  readonly points: MetricPoint[];
  readonly parameters: Record<string, string>;
  readonly artifacts: Map<string, Buffer>;
}

/** Runs in memory, for tests of everything that is tracked. */
export class MemoryTracking implements TrackingServer {
  readonly url = 'memory://tracking';
  readonly experiments = new Map<string, string>();
  readonly runs = new Map<string, Remembered>();
  readonly calls: Method[] = [];
  private failures: { method: Method; error: unknown; times: number }[] = [];

  /** The next `times` calls of `method` fail. */
  failOn(method: Method, error: unknown, times = Number.POSITIVE_INFINITY): void {
    this.failures.push({ method, error, times });
  }

  async checkHealth(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.enter('checkHealth');
  }

  async openExperiment(name: string): Promise<{ id: string; created: boolean }> {
    this.enter('openExperiment');
    const id = this.experiments.get(name);
    if (id !== undefined) return { id, created: false };
    const made = String(this.experiments.size + 1);
    this.experiments.set(name, made);
    return { id: made, created: true };
  }

  async startRun(start: Parameters<TrackingServer['startRun']>[0]): Promise<TrackedRun> {
    this.enter('startRun');
    const { experimentId, name, key, tags, at } = start;
    const [existing] = await this.search({ experimentId, tags: { 'wms.key': key } });
    if (existing !== undefined) return existing;
    const run: TrackedRun = {
      id: `run-${this.runs.size + 1}`,
      experimentId,
      name,
      status: 'RUNNING',
      startedAt: at,
      endedAt: null,
      tags: { ...tags, 'wms.key': key },
      metrics: {},
    };
    this.runs.set(run.id, { run, points: [], parameters: {}, artifacts: new Map() });
    return run;
  }

  async readRun(id: string): Promise<TrackedRun> {
    this.enter('readRun');
    return this.find(id).run;
  }

  async findRuns(search: RunSearch): Promise<TrackedRun[]> {
    this.enter('findRuns');
    return this.search(search);
  }

  async logMetrics(id: string, points: readonly MetricPoint[]): Promise<void> {
    this.enter('logMetrics');
    const remembered = this.find(id);
    remembered.points.push(...points);
    const latest = points.map(({ name, value, at }) => [name, { value, at }] as const);
    const metrics = { ...remembered.run.metrics, ...Object.fromEntries(latest) };
    remembered.run = { ...remembered.run, metrics };
  }

  async logParameters(id: string, parameters: Readonly<Record<string, string>>): Promise<void> {
    this.enter('logParameters');
    Object.assign(this.find(id).parameters, parameters);
  }

  async setTags(id: string, tags: Readonly<Record<string, string>>): Promise<void> {
    this.enter('setTags');
    const remembered = this.find(id);
    remembered.run = { ...remembered.run, tags: { ...remembered.run.tags, ...tags } };
  }

  async endRun(id: string, status: 'FINISHED' | 'FAILED' | 'KILLED', at: number): Promise<void> {
    this.enter('endRun');
    const remembered = this.find(id);
    remembered.run = { ...remembered.run, status, endedAt: at };
  }

  async uploadArtifact(id: string, path: string, bytes: Buffer): Promise<void> {
    this.enter('uploadArtifact');
    this.find(id).artifacts.set(path, Buffer.from(bytes));
  }

  private async search({ experimentId, status, tags = {} }: RunSearch): Promise<TrackedRun[]> {
    return [...this.runs.values()]
      .map(({ run }) => run)
      .filter((run) => run.experimentId === experimentId && (status ?? run.status) === run.status)
      .filter((run) => Object.entries(tags).every(([name, value]) => run.tags[name] === value))
      .toSorted((a, b) => b.startedAt - a.startedAt);
  }

  private find(id: string): Remembered {
    const found = this.runs.get(id);
    if (found !== undefined) return found;
    throw new WmsError({ kind: 'tracking/no-such-run', code: EXIT.network, what: `No run ${id}.` });
  }

  private enter(method: Method): void {
    this.calls.push(method);
    const failure = this.failures.find((each) => each.method === method && each.times > 0);
    if (failure === undefined) return;
    failure.times -= 1;
    throw failure.error;
  }
}
