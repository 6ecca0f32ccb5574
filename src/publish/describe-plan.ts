import { count } from '../words.js';
import { describeFiles, type PublishPlan } from './plan.js';

/** The plan for people and for programs: what `wms publish --dry-run` prints. */
export function describePlan(plan: PublishPlan): { lines: string[]; facts: object } {
  const { target, raw, commits, carriesCommits } = plan;
  const files = raw.files.map(({ role, path }) => ({ role, path }));
  const lines = [
    `${describeFiles(raw.files)} for ${target.remote}/${target.branch}`,
    ...files.map(({ role, path }) => `  ${role === 'images' ? 'image' : 'mask '}  ${path}`),
    ...raw.removedAgain.map(
      (path) => `  gone   ${path} (added and removed again: only taken out of the commits)`,
    ),
    carriesCommits && target.tip !== null
      ? `The data branch would carry ${count(commits.length, 'commit')} without raw files.`
      : 'The data branch would carry the new pointers only.',
    `Nothing was written. To publish: git push, or npx wms publish`,
  ];
  return {
    lines,
    facts: {
      remote: target.remote,
      protectedBranch: target.branch,
      base: target.base,
      commit: target.tip,
      files,
      removedAgain: raw.removedAgain,
      commits: commits.map(({ oid }) => oid),
      notPushed: target.otherRefs,
    },
  };
}
