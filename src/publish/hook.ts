import { parseConfig } from '../config/load.js';
import { CONFIG_FILE, type Config } from '../config/schema.js';
import type { GitRepository, Oid } from '../ports/git-repository.js';
import { writeHookCache } from './hook-cache.js';
import { type PublishPlan, planPublish } from './plan.js';
import { recordingFailure } from './record.js';
import { isZero, type PushedRef, updatedBranch } from './refs.js';

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
    const branch = updatedBranch(ref);
    const tip = branch === null ? null : await git.resolveCommit(ref.localOid);
    if (branch === null || tip === null) continue;
    const target = {
      remote: push.remote,
      pushTo: (await git.pushUrls(push.remote)).length > 1 ? push.url : push.remote,
      branch,
      tip,
      base: isZero(ref.remoteOid) ? null : ref.remoteOid,
      otherRefs: push.refs.filter((other) => other !== ref),
    };
    const decision = await recordingFailure(git, target, async (): Promise<PushDecision | null> => {
      const config = await configOf(git, ref, tip, readWorkingConfig);
      if (config === null || !config.protectedBranches.includes(branch)) return null;
      return { config, plan: await planPublish(git, config, target) };
    });
    if (decision !== null && decision.plan.raw.strip.size > 0) return decision;
  }
  return null;
}

/** The configuration as committed; as it lies in the working tree when it was never committed. */
async function configOf(
  git: GitRepository,
  ref: PushedRef,
  tip: Oid,
  readWorkingConfig: () => Promise<Config | null>,
): Promise<Config | null> {
  const [entry, bytes] = await Promise.all([git.treeEntry(tip, CONFIG_FILE), git.readFile(tip, CONFIG_FILE)]);
  if (entry === null || bytes === null) return readWorkingConfig();
  const config = parseConfig(bytes.toString(), `${CONFIG_FILE} in ${ref.localRef}`);
  await writeHookCache(git.commonDir, entry.oid, config);
  return config;
}
