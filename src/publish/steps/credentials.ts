import { isWmsError } from '../../errors.js';
import type { PublishTools } from '../job.js';
import type { Step } from '../step.js';

/** Who am I, which store. With a terminal, missing or ended credentials can be pasted on the spot. */
export const credentials: Step = {
  title: 'Credentials',
  needs: [],
  async run(job, report) {
    const { identity, store } = job.tools;
    report.progress('asking who this is');
    const who = await withCredentials(job.tools, () => identity.whoAmI(job.signal));
    job.findings.who = who;
    report.done(`${who} · store ${store.url}`);
  },
};

/** Does `work`, once more after a person has entered other credentials where these were the trouble. */
export async function withCredentials<T>(
  { askCredentials, prompter, reporter }: PublishTools,
  work: () => Promise<T>,
): Promise<T> {
  return work().catch(async (error: unknown) => {
    const canAsk =
      askCredentials !== null && prompter.available && isWmsError(error) && ASKABLE.has(error.kind);
    if (!canAsk) throw error;
    await reporter.pausedFor(async () => {
      reporter.note(error.message);
      await askCredentials();
    });
    return work();
  });
}

/** Failures that other credentials can mend. */
const ASKABLE = new Set([
  'credentials/missing',
  'credentials/expired',
  'credentials/lab-ended',
  'credentials/unknown-key',
  'credentials/wrong-secret',
]);
