import { code, escapeMarkdown } from '../../page/markdown.pure.js';
import { showPath } from '../../show-path.js';
import type { Verdict } from '../verdict.js';
import {
  countsLine,
  disagreements,
  headlineOf,
  opponentOf,
  passes,
  rulesLine,
  scoreRows,
} from './table.pure.js';

/** A comment for a pull request. Nothing that a name holds can become markup. */
export function verdictMarkdown(verdict: Verdict): string {
  const { candidate, baseline, comparison, testSplit, reasons, next, convention } = verdict;
  const blocks = [
    `### ${passes(verdict) ? '✅' : verdict.decision === 'undecided' ? '❔' : '❌'} ${headlineOf(verdict)}`,
    reasons.map((reason) => `- ${escapeMarkdown(reason)}`).join('\n'),
    ...(next === null ? [] : [escapeMarkdown(next)]),
    ...(candidate === null ? [] : [scoreTable(verdict)]),
    ...disagreements(verdict).map((note) => `⚠️ ${escapeMarkdown(note)}`),
    ...(comparison === null || comparison.worst.length === 0 ? [] : [worstTable(comparison.worst)]),
    [
      '<details><summary>How this was decided</summary>',
      '',
      `- Rule: ${escapeMarkdown(rulesLine(verdict))}`,
      ...(candidate === null ? [] : [`- Candidate: ${code(candidate.name)} (MD5 ${code(candidate.model)})`]),
      ...(baseline === null ? [] : [`- Compared with: ${code(baseline.name)} (MD5 ${code(baseline.model)})`]),
      ...(testSplit === null ? [] : [`- Test split: ${code(testSplit)}`]),
      '- Interval: 5 % and 95 % of the mean difference, paired bootstrap over images, 10,000 resamples, fixed seed. Its lower end is the one-sided 95 % bound.',
      `- Scores: ${escapeMarkdown(convention)}`,
      '',
      '</details>',
    ].join('\n'),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function scoreTable(verdict: Verdict): string {
  const rows = scoreRows(verdict).map(
    ({ metric, baseline, candidate, difference, interval, decides }) =>
      `| ${decides ? `**${metric}**` : metric} | ${baseline} | ${candidate} | ${difference} | ${interval} |`,
  );
  const head = [
    `|  | ${opponentOf(verdict)} | candidate | difference | 90 % interval |`,
    '| --- | --: | --: | --: | --: |',
  ];
  return [...head, ...rows, '', `${countsLine(verdict)}; native size decides.`].join('\n');
}

function worstTable(worst: NonNullable<Verdict['comparison']>['worst']): string {
  const rows = worst.map(
    ({ name, before, after }) => `| ${code(showPath(name))} | ${before.toFixed(3)} | ${after.toFixed(3)} |`,
  );
  return ['| Got worst | Dice before | after |', '| --- | --: | --: |', ...rows].join('\n');
}
