import { isWmsError } from '../../errors.js';
import type { Step } from '../step.js';

/** Who am I, which store. With a terminal, missing or ended credentials can be pasted on the spot. */
export const credentials: Step = {
  title: 'Credentials',
  needs: [],
  async run(job, report) {
    const { identity, store, askCredentials, prompter, reporter } = job.tools;
    report.progress('asking who this is');
    const whoAmI = () => identity.whoAmI(job.signal);
    const who = await whoAmI().catch(async (error: unknown) => {
      const canAsk =
        askCredentials !== null && prompter.available && isWmsError(error) && ASKABLE.has(error.kind);
      if (!canAsk) throw error;
      await reporter.pausedFor(async () => {
        reporter.note(error.message);
        await askCredentials();
      });
      return whoAmI();
    });
    job.findings.who = who;
    report.done(`${who} · store ${store.url}`);
  },
};

/** Failures that other credentials can mend. */
const ASKABLE = new Set([
  'credentials/missing',
  'credentials/expired',
  'credentials/lab-ended',
  'credentials/unknown-key',
  'credentials/wrong-secret',
]);
