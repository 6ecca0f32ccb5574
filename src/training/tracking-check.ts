import { randomUUID } from 'node:crypto';
import { EXIT, isWmsError, WmsError } from '../errors.js';
import type { Clock } from '../ports/clock.js';
import type { Reporter } from '../ports/reporter.js';
import type { Timing } from '../ports/timing.js';
import type { TrackedRun, TrackingServer } from '../ports/tracking-server.js';
import { waitForTracking } from './wait-for-tracking.js';

interface CheckedStep {
  readonly step: 'health' | 'experiment' | 'run' | 'read back';
  readonly ok: boolean;
  readonly milliseconds: number;
  readonly detail: string;
}

export interface TrackingCheck {
  readonly url: string;
  readonly experiment: string;
  /** In order; the last one is where it failed, if it did. */
  readonly steps: readonly CheckedStep[];
  readonly error: WmsError | null;
}

export interface TrackingCheckOptions {
  /** Name of the experiment to use, made when it is not there. */
  readonly experiment: string;
  readonly timing: Timing;
  readonly clock: Clock;
  readonly reporter: Reporter;
  readonly signal?: AbortSignal;
}

const METRIC = 'wms.check';

/** Health, experiment, run with a metric, read back: everything that training needs from the server, once. */
export async function checkTracking(
  server: TrackingServer,
  options: TrackingCheckOptions,
): Promise<TrackingCheck> {
  const { experiment, timing, clock, reporter, signal } = options;
  const steps: CheckedStep[] = [];
  const step = async <T>(name: CheckedStep['step'], work: () => Promise<[T, string]>): Promise<T> => {
    const report = reporter.step(`${name.charAt(0).toUpperCase()}${name.slice(1)}`);
    const start = timing.now();
    const end = (ok: boolean, detail: string) => {
      const milliseconds = Math.round(timing.now() - start);
      steps.push({ step: name, ok, milliseconds, detail });
      report[ok ? 'done' : 'failed'](`${detail} (${milliseconds} ms)`);
    };
    try {
      const [result, detail] = await work();
      end(true, detail);
      return result;
    } catch (error) {
      end(false, error instanceof Error ? error.message : String(error));
      throw error;
    }
  };
  let started: TrackedRun | undefined;
  const result = (error: WmsError | null) => ({ url: server.url, experiment, steps, error });
  try {
    await step('health', async () => {
      const attempt = await waitForTracking(server, {
        timing,
        signal,
        onPause: ({ attempt: failed, attempts, pause, error }) =>
          reporter.note(
            `  attempt ${failed} of ${attempts} failed, next in ${pause / 1000} s: ${error.message}`,
          ),
      });
      const after = attempt === 1 ? '' : `, at attempt ${attempt}`;
      return [undefined, `${server.url} answers, its database too${after}`];
    });
    const { id } = await step('experiment', async () => {
      const opened = await server.openExperiment(experiment);
      return [opened, `${experiment} has the id ${opened.id}${opened.created ? ', made just now' : ''}`];
    });
    const run = await step('run', async () => {
      const at = clock.now().getTime();
      const key = `check-${randomUUID()}`;
      const made = await server.startRun({ experimentId: id, name: 'wms mlflow check', key, tags: {}, at });
      started = made;
      await server.logMetrics(made.id, [{ name: METRIC, value: 1, step: 0, at }]);
      return [made, `${made.id} started, the metric ${METRIC} written`];
    });
    await step('read back', async () => {
      confirmMetric(server, await server.readRun(run.id));
      await server.endRun(run.id, 'FINISHED', clock.now().getTime());
      return [undefined, 'run and metric are there; the run is closed'];
    });
    return result(null);
  } catch (error) {
    // The failure is told below; a run that cannot even be closed adds nothing to it.
    if (started) await server.endRun(started.id, 'FAILED', clock.now().getTime()).catch(() => {});
    if (!isWmsError(error)) throw error;
    return result(error);
  }
}

function confirmMetric(server: TrackingServer, run: TrackedRun): void {
  if (run.metrics[METRIC]?.value === 1) return;
  throw new WmsError({
    kind: 'tracking/not-read-back',
    code: EXIT.network,
    what: `${server.url} took a metric for the run ${run.id}, but does not have it.`,
    why: `${METRIC} was written as 1 and is ${run.metrics[METRIC]?.value ?? 'not there'}.`,
    next: "Look into the server's log and at its database.",
  });
}
