import { type Html, html } from '../page/html.js';
import { renderPage } from '../page/page.js';
import { showPath } from '../show-path.js';
import { count } from '../words.js';
import type { Problem } from './pair-set.js';
import { smokeSection } from './report/smoke-section.js';
import type { SmokeResult } from './smoke.js';

export interface ReportData {
  /** The data branch. */
  readonly branch: string;
  readonly remote: string;
  /** What the push was for. */
  readonly protectedBranch: string;
  readonly date: Date;
  /** One line: who writes to the store. */
  readonly who: string;
  /** Where objects live; never holds a secret. */
  readonly store: string;
  /** Pairs. */
  readonly counts: {
    readonly existing: number;
    readonly new: number;
    readonly replaced: number;
    readonly removed: number;
    readonly total: number;
  };
  readonly problems: readonly Problem[];
  /** Path of the model that `smoke` ran. */
  readonly model: string;
  /** Null when no model ran. */
  readonly smoke: SmokeResult | null;
}

/** The page that shows what was published. Everything that a person or a file name brought in is escaped. */
export function renderReport(data: ReportData): string {
  return renderPage({
    title: `${data.branch} · wms`,
    eyebrow: 'wms report',
    headline: headline(data.counts),
    lead: html`Published on <code>${data.branch}</code>. <code>${data.protectedBranch}</code> itself was not pushed: it never holds raw images.`,
    sections: [publishSection(data), problemSection(data.problems), smokeSection(data.smoke, data.model)],
    footer:
      'Dice and IoU are per image, at the size of the model’s output. Written by wms on this machine; nothing here was sent anywhere.',
  });
}

function headline({ new: added, replaced, removed }: ReportData['counts']): string {
  const parts = [
    ...(added > 0 ? [count(added, 'new pair')] : []),
    ...(replaced > 0 ? [`${replaced} replaced`] : []),
    ...(removed > 0 ? [`${removed} removed`] : []),
  ];
  return parts.length > 0 ? parts.join(', ') : 'No change of pairs';
}

function publishSection({ branch, remote, protectedBranch, date, who, store, counts }: ReportData): Html {
  const iso = date.toISOString();
  const removed = counts.removed === 0 ? null : html`<div><dt>Removed</dt><dd>${counts.removed}</dd></div>`;
  return html`<section aria-labelledby="dataset"><h2 id="dataset">Dataset</h2>
<dl class="tiles"><div><dt>Existing</dt><dd>${counts.existing}</dd></div><div class="main"><dt>New</dt><dd>${counts.new}</dd></div>
<div><dt>Replaced</dt><dd>${counts.replaced}</dd></div>${removed}<div><dt>Total</dt><dd>${counts.total}</dd></div></dl>
<dl class="facts"><dt>Branch</dt><dd><code>${branch}</code> → ${remote}</dd><dt>For</dt><dd><code>${protectedBranch}</code></dd>
<dt>Date</dt><dd><time datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC</time></dd>
<dt>By</dt><dd>${who}</dd><dt>Store</dt><dd><code>${store}</code></dd></dl></section>`;
}

function problemSection(problems: readonly Problem[]): Html {
  if (problems.length === 0) {
    return html`<section aria-labelledby="checks"><h2 id="checks">Image checks</h2><p class="calm">✔ No problems</p></section>`;
  }
  const rows = problems
    .toSorted((a, b) => (a.severity === b.severity ? 0 : a.severity === 'block' ? -1 : 1))
    .map(
      ({ severity, path, message, fix }) => html`<tr><td><span class="chip ${severity}">${
        severity === 'block' ? 'blocks' : 'warning'
      }</span></td><td class="path">${showPath(path)}</td><td>${message}${
        fix === undefined ? null : html`<span class="fix">${fix}</span>`
      }</td></tr>
`,
    );
  return html`<section aria-labelledby="checks"><h2 id="checks">Image checks</h2>
<table class="problems"><thead><tr><th scope="col">Kind</th><th scope="col">File</th><th scope="col">What</th></tr></thead><tbody>
${rows}</tbody></table></section>`;
}
