import { staleRuns } from '../stale-runs.js';
import type { Step } from '../step.js';
import { waitForTracking } from '../wait-for-tracking.js';

/** A server that is configured must be there: training without a trace is worse than none. */
export const tracking: Step = {
  title: 'Tracking',
  async run({ tools, findings, signal }, report) {
    const { tracking: server, config, timing, clock, reporter } = tools;
    findings.experimentId = null;
    if (server === null) {
      report.skipped('no server configured (MLFLOW_TRACKING_URI, tracking.uri): this run is not tracked');
      return;
    }
    report.progress(`asking ${server.url}`);
    const attempt = await waitForTracking(server, {
      timing,
      signal,
      onPause: ({ attempt: number, attempts, pause, error }) =>
        report.progress(
          `attempt ${number} of ${attempts} failed, next in ${pause / 1000} s: ${error.message}`,
        ),
    });
    const { id, created } = await server.openExperiment(config.tracking.experiment);
    findings.experimentId = id;
    const tried = attempt === 1 ? '' : `, at attempt ${attempt}`;
    report.done(
      `${server.url} · experiment ${config.tracking.experiment}${created ? ', made just now' : ''}${tried}`,
    );
    const stale = await staleRuns(server, id, clock.now());
    if (stale.length === 0) return;
    const names = stale.map(({ name }) => name).join(', ');
    reporter.note(`  ⚠ still RUNNING, but long silent: ${names}. To close: npx wms train --close-stale`);
  },
};
