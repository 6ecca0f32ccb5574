import { EXIT, WmsError } from '../../errors.js';
import type { Oid } from '../../ports/git-repository.js';
import { backUp } from './backup.js';
import { leaveOutOfStatus } from './exclude.js';
import type { SyncOutcome } from './outcome.js';
import { finishPending, moveRecorded } from './pending.js';
import { planSync } from './plan.js';
import { findTarget, type SyncOptions, type SyncTarget } from './target.js';
import type { SyncTools } from './tools.js';
import { unchangedOnDisk } from './working-files.js';

/**
 * Moves the local branch onto the remote's: its code commits stay, without raw files, and each raw file is proven to be
 * in the dataset first. Files of the working tree stay as they are. Can be killed at any moment and run again.
 * Throws WmsError `sync/not-provable`, `sync/conflict`, `sync/elsewhere`, `sync/unfinished`, `git/local-changes` (exit
 * code 6) and has moved nothing then.
 */
export async function sync(tools: SyncTools, options: SyncOptions): Promise<SyncOutcome> {
  const { git, reporter, clock } = tools;
  if (await finishPending(git)) reporter.note('A sync that was killed is done now.\n');
  const target = await findTarget(git, tools.config, options);
  reporter.heading(`${target.branch} onto ${target.remote}/${target.branch}`);
  const upstream = await fetch(tools, target);
  const plan = await planSync(tools, target, upstream);
  const { from, to, files, keepFiles, facts } = plan;
  if (to === from) return { ...facts, outcome: 'nothing-to-do', changedHere: [], backup: null };

  const report = reporter.step('Branch');
  report.progress(`moving ${target.branch}`);
  const message = `wms sync: onto ${target.remote}/${target.branch}`;
  const move = { branch: target.branch, from, to, keepFiles, message };
  if (target.here) await git.checkMove({ ...move, resumed: false });
  const backup = plan.isFastForward ? null : await backUp(git, target.branch, from, clock.now());
  let changedHere: readonly string[] = [];
  if (target.here) {
    const unchanged = new Set(await unchangedOnDisk(git.topLevel, files));
    changedHere = facts.files.filter((path) => !unchanged.has(path));
    // While Git still tracks them this has no effect; after the move, no moment shows them as new.
    await leaveOutOfStatus(git, [...unchanged]);
    await moveRecorded(git, move);
  } else {
    await git.updateRef(`refs/heads/${target.branch}`, to, from, message);
  }
  report.done(`${target.branch} ${from.slice(0, 7)} → ${to.slice(0, 7)}`);
  return { ...facts, outcome: 'synced', changedHere, backup };
}

/** What `sync` would do. Moves no ref and writes no file but Git objects. */
export async function rehearseSync(tools: SyncTools, options: SyncOptions): Promise<SyncOutcome> {
  const { git, reporter } = tools;
  const target = await findTarget(git, tools.config, options);
  reporter.heading(`${target.branch} onto ${target.remote}/${target.branch}`);
  const upstream = await upstreamOf(tools, target);
  if (!(await git.hasObject(upstream))) await git.fetchRef(target.remote, `refs/heads/${target.branch}`);
  const plan = await planSync(tools, target, upstream);
  const outcome = plan.to === plan.from ? 'nothing-to-do' : 'would-sync';
  return { ...plan.facts, outcome, changedHere: [], backup: null };
}

async function fetch(tools: SyncTools, target: SyncTarget): Promise<Oid> {
  const report = tools.reporter.step('Fetch');
  report.progress(`asking ${target.remote}`);
  const upstream = await upstreamOf(tools, target);
  await tools.git.fetchBranch(target.remote, target.branch);
  const incoming = (await tools.git.commitsBetween(upstream, [target.local])).length;
  const count = incoming === 0 ? 'nothing new' : incoming === 1 ? '1 new commit' : `${incoming} new commits`;
  report.done(`${count} on ${target.remote}/${target.branch}`);
  return upstream;
}

async function upstreamOf({ git }: SyncTools, { remote, branch }: SyncTarget): Promise<Oid> {
  const upstream = await git.remoteRef(remote, `refs/heads/${branch}`);
  if (upstream !== null) return upstream;
  throw new WmsError({
    kind: 'sync/no-remote-branch',
    code: EXIT.usage,
    what: `${remote} has no branch ${branch}.`,
    next: 'Make it there first, or name another one: npx wms sync --remote NAME --branch NAME',
  });
}
