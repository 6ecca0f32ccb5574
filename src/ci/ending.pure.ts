import { describeVerdict } from '../model/gate/text.pure.js';
import type { FinishOutcome } from './finish.js';
import { type CiTarget, intoOf } from './target.js';

/** What `wms ci finish` says at its end. */
export function endingOf(
  { outcome, branch, version, verdict, pullRequest }: FinishOutcome,
  target: CiTarget,
): string[] {
  if (outcome === 'finished-before') return [`${branch} was merged before. Nothing was done again.`];
  if (outcome === 'waits') {
    return [
      `Waits: ${pullRequest ?? branch} is merged by the code host as soon as the rules of ${intoOf(target)} are met.`,
      `  Then     version ${version} is Production there, together with its data`,
      '  Look     which approvals or checks are missing: in the pull request',
      `  Again    npx wms ci finish ${branch}: what is still to do then`,
    ];
  }
  if (outcome === 'merged') {
    return [
      `Merged: ${branch} is in ${intoOf(target)}, and version ${version} is Production.`,
      '  Undo     npx wms model rollback --reason TEXT',
      '  Next     npx wms sync brings both to your clone',
    ];
  }
  const { remote } = target;
  const told = verdict === null ? [] : describeVerdict({ ...verdict, next: null });
  const isOpen = verdict?.decision === 'undecided';
  const next = isOpen
    ? [
        ...(verdict.next === null ? [] : [`  Mend     ${verdict.next}`]),
        `  Again    npx wms ci finish ${branch}`,
      ]
    : [
        `  Look     what the branch brings, and whether its masks are right: npx wms data diff ${intoOf(target)}...${remote}/${branch} --html diff.html`,
        '  Mend     correct the pairs and push again: that makes a new data branch',
      ];
  return [
    ...told,
    `Blocked: ${branch} is not merged. Production is what it was.`,
    ...next,
    `  Give up  git push ${remote} --delete ${branch}`,
  ];
}
