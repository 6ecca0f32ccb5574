import { relative } from 'node:path';
import { openPrompter, openPublishTools, openRepository, requireConfig } from '../compose.js';
import { EXIT, type ExitCode, isWmsError, WmsError } from '../errors.js';
import { planByHand } from '../publish/by-hand.js';
import { describePlan } from '../publish/describe-plan.js';
import { describeEnding } from '../publish/ending.js';
import { publish } from '../publish/publish.js';
import { recordingFailure } from '../publish/record.js';

export interface PublishFlags {
  readonly dryRun?: true;
  readonly worktree?: true;
  readonly allowReplace?: true;
  readonly json?: true;
  readonly remote?: string;
  readonly branch?: string;
}

export async function runPublish(paths: readonly string[], flags: PublishFlags): Promise<ExitCode> {
  if (paths.length > 0 && flags.worktree !== true) throw pathsNeedWorktree(paths);
  const git = await openRepository(process.cwd());
  const config = await requireConfig(git);
  const { remote, branch } = flags;
  const plan = await planByHand(git, config, {
    remote,
    branch,
    worktree: flags.worktree === true,
    paths,
    cwd: process.cwd(),
  });
  if (flags.dryRun) {
    const text = flags.json
      ? JSON.stringify(describePlan(plan).facts, null, 2)
      : describePlan(plan).lines.join('\n');
    process.stdout.write(`${text}\n`);
    return EXIT.done;
  }
  if (plan.raw.files.length === 0 && plan.raw.strip.size === 0) {
    if (flags.json) process.stdout.write(`${JSON.stringify({ outcome: 'nothing-to-publish' })}\n`);
    process.stderr.write('There are no new images or masks here to publish.\n');
    return EXIT.done;
  }
  const open = () => openPublishTools(git, config, openPrompter());
  const tools = await recordingFailure(git, plan.target, open);
  try {
    const outcome = await publish(tools, plan, {
      allowReplace: flags.allowReplace === true || process.env.WMS_ALLOW_REPLACE === '1',
      allowRemove: false,
    });
    tools.reporter.close();
    if (flags.json) process.stdout.write(`${JSON.stringify(outcome, null, 2)}\n`);
    const show = (path: string) => relative(process.cwd(), path);
    process.stderr.write(`\n${describeEnding(outcome, { source: 'publish', show }).join('\n')}\n`);
    return EXIT.done;
  } catch (error) {
    if (!isWmsError(error, 'publish/nothing-new')) throw error;
    tools.reporter.close();
    process.stderr.write(`\n${[error.message, error.why, error.next].filter(Boolean).join('\n')}\n`);
    if (flags.json) process.stdout.write(`${JSON.stringify({ outcome: 'nothing-to-publish' })}\n`);
    return EXIT.done;
  } finally {
    tools.reporter.close();
  }
}

function pathsNeedWorktree(paths: readonly string[]): WmsError {
  return new WmsError({
    kind: 'publish/paths',
    code: EXIT.usage,
    what: 'Paths can be named only together with --worktree.',
    why: 'Without it, wms publish takes the images that your commits hold.',
    next: `npx wms publish --worktree ${paths.join(' ')}`,
  });
}
