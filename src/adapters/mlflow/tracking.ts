import type { MetricPoint, RunSearch, TrackedRun, TrackingServer } from '../../ports/tracking-server.js';
import { MlflowArtifacts } from './artifacts.js';
import { batches } from './batches.pure.js';
import type { MlflowDoor } from './door.js';
import { trackedRun } from './run-answers.js';
import { MlflowRuns, pairs, type RunStart } from './runs.js';

const MOST_METRICS = 1000;
const MOST_PARAMETERS = 100;
const MOST_TAGS = 100;

export class MlflowTracking implements TrackingServer {
  readonly url: string;
  private readonly runs: MlflowRuns;
  private readonly artifacts: MlflowArtifacts;

  constructor(door: MlflowDoor) {
    this.url = door.url;
    this.runs = new MlflowRuns(door);
    this.artifacts = new MlflowArtifacts(door);
  }

  checkHealth(signal?: AbortSignal): Promise<void> {
    return this.runs.checkHealth(signal);
  }

  openExperiment(name: string): Promise<{ readonly id: string; readonly created: boolean }> {
    return this.runs.openExperiment(name);
  }

  async startRun(start: RunStart): Promise<TrackedRun> {
    return trackedRun(await this.runs.start(start));
  }

  async readRun(id: string): Promise<TrackedRun> {
    return trackedRun(await this.runs.read(id));
  }

  async findRuns(search: RunSearch): Promise<TrackedRun[]> {
    return (await this.runs.find(search)).map(trackedRun);
  }

  /** Written twice, a point is one point: the server compares name, value, step and time. */
  async logMetrics(id: string, points: readonly MetricPoint[]): Promise<void> {
    const metrics = points.map(({ name, value, step, at }) => {
      return { key: name, value: Number.isFinite(value) ? value : String(value), timestamp: at, step };
    });
    for (const batch of batches(metrics, MOST_METRICS)) await this.log(id, { metrics: batch });
  }

  async logParameters(id: string, parameters: Readonly<Record<string, string>>): Promise<void> {
    for (const params of batches(pairs(parameters), MOST_PARAMETERS)) await this.log(id, { params });
  }

  async setTags(id: string, tags: Readonly<Record<string, string>>): Promise<void> {
    for (const batch of batches(pairs(tags), MOST_TAGS)) await this.log(id, { tags: batch });
  }

  endRun(id: string, status: 'FINISHED' | 'FAILED' | 'KILLED', at: number): Promise<void> {
    return this.runs.change('runs/update', { run_id: id, status, end_time: at });
  }

  async uploadArtifact(id: string, path: string, bytes: Buffer): Promise<void> {
    const { info } = await this.runs.read(id);
    await this.artifacts.upload(info.artifact_uri, path, bytes);
  }

  private log(id: string, items: object): Promise<void> {
    return this.runs.change('runs/log-batch', { run_id: id, ...items });
  }
}
