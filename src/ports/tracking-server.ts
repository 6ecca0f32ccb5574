/** Milliseconds since 1970, as tracking servers count. */
type Milliseconds = number;

export type RunStatus = 'RUNNING' | 'SCHEDULED' | 'FINISHED' | 'FAILED' | 'KILLED';

export interface TrackedRun {
  readonly id: string;
  readonly experimentId: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly startedAt: Milliseconds;
  readonly endedAt: Milliseconds | null;
  readonly tags: Readonly<Record<string, string>>;
  /** Latest value of each. */
  readonly metrics: Readonly<Record<string, { readonly value: number; readonly at: Milliseconds }>>;
}

export interface MetricPoint {
  readonly name: string;
  readonly value: number;
  readonly step: number;
  readonly at: Milliseconds;
}

export interface RunSearch {
  readonly experimentId: string;
  readonly status?: RunStatus;
  /** Tags that the run must have. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * A server that remembers runs (MLflow). Every method throws WmsError with exit code 4 (credentials) or 5 (server,
 * network), naming the server and the reason; transient failures are retried inside where that cannot do anything
 * twice.
 */
export interface TrackingServer {
  /** For people and for `MLFLOW_TRACKING_URI`, without secrets. */
  readonly url: string;
  /** One attempt: the server answers, and its database too. */
  checkHealth(signal?: AbortSignal): Promise<void>;
  /** Finds or creates. Throws `tracking/experiment-deleted` (exit code 5) for one that lies in the bin. */
  openExperiment(name: string): Promise<{ readonly id: string; readonly created: boolean }>;
  /** A run with the tag `wms.key` = `key` that is there already is answered instead of a second one. */
  startRun(start: {
    readonly experimentId: string;
    readonly name: string;
    readonly key: string;
    readonly tags: Readonly<Record<string, string>>;
    readonly at: Milliseconds;
  }): Promise<TrackedRun>;
  /** Throws `tracking/no-such-run` (exit code 5). */
  readRun(id: string): Promise<TrackedRun>;
  /** Newest first. */
  findRuns(search: RunSearch): Promise<TrackedRun[]>;
  /** In as few requests as the server allows. */
  logMetrics(id: string, points: readonly MetricPoint[]): Promise<void>;
  logParameters(id: string, parameters: Readonly<Record<string, string>>): Promise<void>;
  setTags(id: string, tags: Readonly<Record<string, string>>): Promise<void>;
  endRun(id: string, status: 'FINISHED' | 'FAILED' | 'KILLED', at: Milliseconds): Promise<void>;
  /** `path` is below the run's artifacts, `/` between components. Throws `tracking/artifact-denied` (4) or exit code 5. */
  uploadArtifact(id: string, path: string, bytes: Buffer): Promise<void>;
}
