import { ObjectCache } from '../dataset/cache/cache.js';
import { protectedBranch } from '../dataset/protected-branch.js';
import { howFarBehind } from './behind.js';
import { cacheSize } from './cache-size.js';
import { lookAtDataset } from './dataset-here.js';
import type { Status, StatusFacts } from './facts.js';
import { lastPublish } from './last-publish.js';
import { nextCommand } from './next.pure.js';
import { openSessions } from './open-sessions.js';
import { askRemote } from './remote.js';
import type { StatusTools } from './tools.js';
import { findWaiting } from './waiting.js';

/** Says what is new here, what waits, and what to do next. Answers also offline. Moves no ref, writes no user's file. */
export async function readStatus(tools: StatusTools): Promise<Status> {
  const { git, config } = tools;
  const current = await git.currentBranch();
  const branch = protectedBranch(config, current);
  const followed = await git.config(`branch.${branch}.remote`);
  const remote = followed === null || followed === '.' ? 'origin' : followed;
  const [view, last] = await Promise.all([askRemote(git, remote, branch), lastPublish(git.commonDir)]);
  const waiting = await findWaiting(git, config, view);
  const [looked, behind, sessions] = await Promise.all([
    lookAtDataset(tools, new ObjectCache(tools.cache), view.upstream, waiting),
    howFarBehind(git, branch, view.upstream),
    tools.openSessionNotes().then((notes) => openSessions(notes, tools.clock.now())),
  ]);
  const facts: StatusFacts = {
    remote,
    branch,
    remoteSilent: view.silent,
    ...looked,
    waiting: waiting.map(({ manifestIds: _, ...told }) => told),
    lastPublish: last,
    behind,
    cache: cacheSize(tools.cache.dir),
    sessions,
  };
  const isProtected = current !== null && config.protectedBranches.includes(current);
  return { ...facts, next: nextCommand(facts, config, isProtected ? 'git push' : 'npx wms publish') };
}
