import { parseConfig } from '../config/load.js';
import { CONFIG_FILE, type Config } from '../config/schema.js';
import type { GitRepository } from '../ports/git-repository.js';
import { writeHookCache } from './hook-cache.js';
import { type PublishPlan, planPublish } from './plan.js';
import { isZero, type PushedRef, updatesProtected } from './refs.js';

export interface PrePush {
  /** Arguments and standard input that Git gives the hook. */
  readonly remote: string;
  readonly url: string;
  readonly refs: readonly PushedRef[];
}

export interface PushDecision {
  readonly config: Config;
  readonly plan: PublishPlan;
}

/** What to publish of a push; null lets the push through. */
export async function decidePush(
  git: GitRepository,
  push: PrePush,
  readWorkingConfig: () => Promise<Config | null>,
): Promise<PushDecision | null> {
  for (const ref of push.refs) {
    if (isZero(ref.localOid)) continue;
    const config = await configOf(git, ref, readWorkingConfig);
    if (config === null || updatesProtected([ref], config.protectedBranches).length === 0) continue;
    const tip = await git.resolveCommit(ref.localOid);
    if (tip === null) continue;
    const plan = await planPublish(git, config, {
      remote: push.remote,
      pushTo: (await git.pushUrls(push.remote)).length > 1 ? push.url : push.remote,
      branch: ref.remoteRef.slice('refs/heads/'.length),
      tip,
      base: isZero(ref.remoteOid) ? null : ref.remoteOid,
      otherRefs: push.refs.filter((other) => other !== ref),
    });
    if (plan.raw.strip.size > 0) return { config, plan };
  }
  return null;
}

/** The configuration as committed; as it lies in the working tree when it was never committed. */
async function configOf(
  git: GitRepository,
  ref: PushedRef,
  readWorkingConfig: () => Promise<Config | null>,
): Promise<Config | null> {
  const tip = await git.resolveCommit(ref.localOid);
  if (tip === null) return null;
  const entry = await git.treeEntry(tip, CONFIG_FILE);
  const bytes = entry === null ? null : await git.readFile(tip, CONFIG_FILE);
  if (entry === null || bytes === null) return readWorkingConfig();
  const config = parseConfig(bytes.toString(), `${CONFIG_FILE} in ${ref.localRef}`);
  await writeHookCache(git.commonDir, entry.oid, config);
  return config;
}
