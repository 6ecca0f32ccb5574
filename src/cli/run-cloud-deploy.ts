import { deploy } from '../cloud/deploy/deploy.js';
import { describeSession } from '../cloud/describe-session.pure.js';
import { openPrompter, openReporter } from '../compose.js';
import { modelFinder, openCloudTools } from '../compose-cloud.js';
import { openCloudPlace, type PlaceFlags, wantedSession, whoIs } from './cloud-tools.js';

export interface DeployFlags extends PlaceFlags {
  readonly hours?: number;
  readonly size?: string;
  readonly extend?: number;
  readonly yes?: true;
  readonly json?: true;
}

export async function runCloudDeploy(flags: DeployFlags): Promise<void> {
  const { git, config, choice } = await openCloudPlace(flags);
  const prompter = openPrompter();
  const cloud = await openCloudTools(git, config, choice, prompter);
  const reporter = await openReporter();
  try {
    reporter.heading('cloud session');
    const session = await deploy(
      { ...cloud, reporter, prompter },
      {
        wanted: wantedSession(cloud, config, await whoIs(git), flags.size),
        model: modelFinder(git, config, cloud.place, prompter),
        hours: flags.hours ?? config.cloud.hours,
        extend: flags.extend ?? null,
        yes: flags.yes === true,
        budget: config.cloud.budgetUsd,
      },
    );
    reporter.close();
    if (flags.json) process.stdout.write(`${JSON.stringify(session, null, 2)}\n`);
    const lines = session === null ? ['Nothing was changed.'] : describeSession(session, cloud.clock.now());
    process.stderr.write(`\n${lines.join('\n')}\n`);
  } finally {
    reporter.close();
  }
}
