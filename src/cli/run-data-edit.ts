import { relative } from 'node:path';
import { openPrompter, openPublishTools, openRepository, requireConfig } from '../compose.js';
import { describeEdit } from '../publish/describe-edit.js';
import { describeEnding } from '../publish/ending.js';
import type { PublishTools } from '../publish/job.js';
import {
  changesNothing,
  type EditOptions,
  type EditPlan,
  planRemoval,
  planRestoration,
} from '../publish/plan-edit.js';
import { publish } from '../publish/publish.js';
import { withCredentials } from '../publish/steps/credentials.js';

export interface EditFlags {
  readonly yes?: true;
  readonly dryRun?: true;
  readonly json?: true;
  readonly message?: string;
  readonly remote?: string;
  readonly branch?: string;
}

export function runDataRm(names: readonly string[], flags: EditFlags): Promise<void> {
  return runEdit(names, flags, (tools) => planRemoval(tools, optionsOf(names, flags)));
}

export function runDataRestore(revision: string, names: readonly string[], flags: EditFlags): Promise<void> {
  return runEdit(names, flags, (tools) => planRestoration(tools, revision, optionsOf(names, flags)));
}

function optionsOf(names: readonly string[], { remote, branch, message }: EditFlags): EditOptions {
  return { names, cwd: process.cwd(), remote, branch, message };
}

async function runEdit(
  names: readonly string[],
  flags: EditFlags,
  planIn: (tools: PublishTools) => Promise<EditPlan>,
): Promise<void> {
  const print = (facts: object) => process.stdout.write(`${JSON.stringify(facts, null, 2)}\n`);
  const git = await openRepository(process.cwd());
  const tools = await openPublishTools(git, await requireConfig(git), openPrompter());
  try {
    const plan = await withCredentials(tools, () => planIn(tools));
    if (changesNothing(plan)) {
      if (flags.json) print({ outcome: 'nothing-to-do' });
      const { remote, branch } = plan.target;
      process.stderr.write(`Nothing to do: ${remote}/${branch} has it like this already.\n`);
      return;
    }
    if (flags.dryRun) {
      const { lines, facts } = describeEdit(plan, tools);
      if (flags.json) print(facts);
      else process.stdout.write(`${lines.join('\n')}\n`);
      return;
    }
    const outcome = await publish(tools, plan, { allowReplace: true, allowRemove: flags.yes === true });
    tools.reporter.close();
    if (flags.json) print(outcome);
    const show = (path: string) => relative(process.cwd(), path);
    process.stderr.write(`\n${describeEnding(outcome, { source: 'edit', names, show }).join('\n')}\n`);
  } finally {
    tools.reporter.close();
  }
}
