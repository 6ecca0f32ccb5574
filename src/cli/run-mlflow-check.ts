import {
  openReporter,
  openRepository,
  openTiming,
  openTracking,
  requireConfig,
  trackingNotConfigured,
} from '../compose.js';
import { EXIT, type ExitCode } from '../errors.js';
import { checkTracking, type TrackingCheck } from '../training/tracking-check.js';

export async function runMlflowCheck(flags: { readonly json?: true }): Promise<ExitCode> {
  const config = await requireConfig(await openRepository(process.cwd()));
  const server = await openTracking(config);
  if (server === null) throw trackingNotConfigured();
  const reporter = await openReporter();
  try {
    reporter.heading(`MLflow at ${server.url}`);
    const clock = { now: () => new Date() };
    const { experiment } = config.tracking;
    const check = await checkTracking(server, { experiment, timing: openTiming(), clock, reporter });
    reporter.close();
    if (flags.json) process.stdout.write(`${JSON.stringify(asJson(check), null, 2)}\n`);
    if (check.error !== null) throw check.error;
    reporter.note('\nTraining can use this server.');
    return EXIT.done;
  } finally {
    reporter.close();
  }
}

function asJson({ error, ...check }: TrackingCheck): object {
  if (error === null) return { ...check, error: null };
  const { kind, message: what, why = null, next = null } = error;
  return { ...check, error: { kind, what, why, next } };
}
