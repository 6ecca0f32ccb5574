import { openGcTools, openPrompter, openRepository } from '../compose.js';
import { describeEnd, describePlan } from '../dataset/gc/describe.pure.js';
import { collectGarbage } from '../dataset/gc/gc.js';
import { graceOf } from '../dataset/gc/grace.pure.js';
import { EXIT, type ExitCode } from '../errors.js';

export interface GcFlags {
  readonly olderThan: string;
  readonly also: readonly string[];
  readonly dryRun?: true;
  readonly yes?: true;
  readonly json?: true;
}

export async function runDataGc({ olderThan, also, dryRun, yes, json }: GcFlags): Promise<ExitCode> {
  const grace = graceOf(olderThan);
  const git = await openRepository(process.cwd());
  const tools = await openGcTools(git, also, openPrompter());
  const say = (lines: readonly string[]) => process.stderr.write(`\n${lines.join('\n')}`);
  try {
    tools.reporter.heading(`unused objects of ${tools.store.url}`);
    const options = { grace, dryRun: dryRun === true, yes: yes === true };
    const outcome = await collectGarbage(tools, options, (plan) =>
      tools.reporter.note(`\n${describePlan(plan, grace).join('\n')}`),
    );
    tools.reporter.close();
    if (json) process.stdout.write(`${JSON.stringify(outcome, null, 2)}\n`);
    say(describeEnd(outcome, grace));
    return outcome.failed.length === 0 ? EXIT.done : EXIT.network;
  } finally {
    tools.reporter.close();
  }
}
