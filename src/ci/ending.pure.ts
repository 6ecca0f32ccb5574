import { headlineOf, passes } from '../model/gate/table.pure.js';
import { describeVerdict } from '../model/gate/text.pure.js';
import type { FinishOutcome } from './finish.js';
import { type CiTarget, intoOf } from './target.js';

/** What `wms ci finish` says at its end. */
export function endingOf(finished: FinishOutcome, target: CiTarget): string[] {
  const { outcome, branch, version, verdict, pullRequest } = finished;
  const told = pullRequest === null ? '' : ` (${pullRequest})`;
  if (outcome === 'finished-before') return [`${branch} was merged before${told}. Nothing was done again.`];
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
      `Merged: ${branch} is in ${intoOf(target)}${told}, and ${modelOf(finished)}.`,
      ...(isOwnModel(finished) ? ['  Undo     npx wms model rollback --reason TEXT'] : []),
      '  Next     npx wms sync brings it to your clone',
    ];
  }
  const { remote } = target;
  const lines = verdict === null ? [] : describeVerdict({ ...verdict, next: null });
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
    ...lines,
    `Blocked: ${branch} is not merged. Production is what it was.`,
    ...next,
    `  Give up  git push ${remote} --delete ${branch}`,
  ];
}

const isOwnModel = ({ version, production }: FinishOutcome): boolean =>
  version !== null && version === production;

function modelOf(finished: FinishOutcome): string {
  const { version, production, verdict } = finished;
  if (isOwnModel(finished)) return `version ${version} is Production`;
  const now = production === null ? 'nothing is Production' : `Production is version ${production}`;
  if (version === null) return `no model was trained with it: ${now}`;
  if (verdict === null || passes(verdict)) return `version ${version} was promoted, but since then ${now}`;
  return `${now}, not version ${version}: ${headlineOf(verdict)}`;
}
