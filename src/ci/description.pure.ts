import type { GateRules } from '../model/gate/conditions.pure.js';
import { verdictMarkdown } from '../model/gate/markdown.pure.js';
import { code, escapeMarkdown } from '../page/markdown.pure.js';
import { showPath } from '../show-path.js';
import type { BranchCounts } from './counts.pure.js';
import type { CiRecord } from './record.js';
import type { CiTarget } from './target.js';

/** What a pull request of a data branch says. */
export interface Description {
  readonly head: string;
  readonly base: string;
  readonly title: string;
  /** Markdown; what others wrote shows as they wrote it. */
  readonly body: string;
  readonly labels: readonly string[];
}

const WARNINGS_SHOWN = 20;

export function describeBranch(
  target: CiTarget,
  counts: BranchCounts,
  record: CiRecord,
  rules: GateRules,
): Description {
  const { check, verdict, failure } = record;
  const checked = check?.tip === target.tip ? check : null;
  const blocks = [
    countsTable(counts),
    ...(failure === null ? [] : [failureMarkdown(failure)]),
    ...(verdict === null ? [] : [verdictMarkdown({ ...verdict, next: null }).trimEnd()]),
    ...(checked === null ? [] : [checkMarkdown(checked)]),
    rulesMarkdown(rules),
    nextMarkdown(target),
  ];
  return {
    head: target.branch,
    base: target.into,
    title: titleOf(counts),
    body: `${blocks.join('\n\n')}\n`,
    labels: ['dataset'],
  };
}

/** A failed job, as a comment or a summary shows it. */
export function failureMarkdown(failure: NonNullable<CiRecord['failure']>): string {
  const { job, what, why, next, likely, lines, exitCode } = failure;
  const paragraph = (text: string) => text.split('\n').map(escapeMarkdown).join('  \n');
  return [
    `### ✖ The job ${code(job)} failed${exitCode === null ? '' : ` (exit code ${exitCode})`}`,
    `**${escapeMarkdown(what)}**`,
    ...(why === null || why === '' ? [] : [paragraph(why)]),
    ...(likely === null ? [] : [`Likely: ${escapeMarkdown(likely)}`]),
    ...(next === null || next === '' ? [] : ['Next:', preformatted(next.split('\n'))]),
    `Then: ${code(`npx wms ci ${job}`)}, or run the job again.`,
    ...(lines.length === 0 ? [] : ['Its last lines:', preformatted(lines)]),
  ].join('\n\n');
}

/** HTML, not a fence: a line may hold backticks. */
function preformatted(lines: readonly string[]): string {
  const escaped = lines.map((line) =>
    line.replace(/[^\p{L}\p{N} /.,-]/gu, (character) => `&#${character.codePointAt(0)};`),
  );
  // An empty line would end the block.
  return `<pre>${escaped.map((line) => (line === '' ? ' ' : line)).join('\n')}</pre>`;
}

function titleOf({ new: added, replaced, removed, total }: BranchCounts): string {
  const parts = [
    added > 0 ? `${added} new` : '',
    replaced > 0 ? `${replaced} replaced` : '',
    removed > 0 ? `${removed} removed` : '',
  ].filter((part) => part !== '');
  return `data: ${parts.length === 0 ? 'no change' : parts.join(', ')} (${total} pairs in total)`;
}

function countsTable({ existing, new: added, replaced, removed, renamed, total }: BranchCounts): string {
  return [
    '| Existing | New | Replaced | Removed | Renamed | Total |',
    '| --: | --: | --: | --: | --: | --: |',
    `| ${[existing, added, replaced, removed, renamed, total].join(' | ')} |`,
  ].join('\n');
}

function checkMarkdown({ objects, warnings, smoke }: NonNullable<CiRecord['check']>): string {
  const shown = warnings.slice(0, WARNINGS_SHOWN);
  const rest = warnings.length - shown.length;
  return [
    '### Checks',
    '',
    `- ✅ no raw files in its commits, all ${objects} objects in the store`,
    warnings.length === 0 ? '- ✅ no problems with the changed pairs' : `- ⚠️ warnings: ${warnings.length}`,
    ...shown.map(({ path, message }) => `  - ${code(showPath(path))} ${escapeMarkdown(message)}`),
    ...(rest > 0 ? [`  - and ${rest} more`] : []),
    ...(smoke === null
      ? []
      : [
          `- ${code(smoke.model)} on ${smoke.images} of them: Dice ${smoke.medianDice.toFixed(2)} median, ${smoke.lowestDice.toFixed(2)} lowest (${code(showPath(smoke.lowest))})`,
        ]),
  ].join('\n');
}

function rulesMarkdown({ firstModel, minDelta, requireSignificant }: GateRules): string {
  return [
    '### When it merges',
    '',
    `- mean Dice and mean IoU of the new model are each higher than Production’s${minDelta > 0 ? ` by more than ${minDelta}` : ''}, on the same test images`,
    ...(requireSignificant ? ['- the gains are beyond chance (one-sided 95 %)'] : []),
    firstModel === 'promote'
      ? '- the first model passes'
      : '- while there is no Production model, nothing passes',
  ].join('\n');
}

function nextMarkdown({ remote, branch }: CiTarget): string {
  return [
    '### Next',
    '',
    `- after the merge, in your clone: ${code('npx wms sync')}`,
    `- to look at the pairs: ${code(`npx wms data pull ${remote}/${branch}`)}`,
    `- to do here what the workflow does: ${code(`git switch ${branch}`)}, then ${code('npx wms run-pipeline')}`,
  ].join('\n');
}
