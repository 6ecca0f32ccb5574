import { describeStop } from '../cloud/stop/describe.pure.js';
import { type Stopped, stop } from '../cloud/stop/stop.js';
import { openPrompter, openReporter } from '../compose.js';
import { openAllCloudTools } from '../compose-cloud.js';
import { EXIT, type ExitCode } from '../errors.js';
import { openCloudPlace, type PlaceFlags } from './cloud-tools.js';

export interface StopFlags extends PlaceFlags {
  readonly force?: string | true;
  readonly discard?: true;
  readonly yes?: true;
  readonly json?: true;
}

/** Of every engine that may have something open. */
export async function runCloudStop({ force, discard, yes, json, ...place }: StopFlags): Promise<ExitCode> {
  const { git, config, choice } = await openCloudPlace(place);
  const prompter = openPrompter();
  const reporter = await openReporter();
  const outcomes: (Stopped | null)[] = [];
  try {
    reporter.heading('end of the cloud session');
    for (const tools of await openAllCloudTools(git, config, choice, prompter)) {
      const stopped = await stop(
        { ...tools, reporter, prompter },
        { yes: yes === true, force: force ?? false, discard: discard === true },
      );
      outcomes.push(stopped);
      const lines = stopped === null ? ['It goes on.'] : describeStop(stopped, tools.clock.now());
      reporter.note(['', ...lines].join('\n'));
    }
    reporter.close();
    if (json) process.stdout.write(`${JSON.stringify(outcomes, null, 2)}\n`);
    return outcomes.some((each) => (each?.left.length ?? 0) > 0) ? EXIT.network : EXIT.done;
  } finally {
    reporter.close();
  }
}
