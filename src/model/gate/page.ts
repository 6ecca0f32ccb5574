import { Html, html } from '../../page/html.js';
import { renderPage } from '../../page/page.js';
import { showPath } from '../../show-path.js';
import type { Verdict } from '../verdict.js';
import { type ComparedPair, type DrawnPair, gainOf } from './changes.js';
import { signed } from './conditions.pure.js';
import type { GateOutcome } from './run.js';
import {
  countsLine,
  disagreements,
  headlineOf,
  opponentOf,
  passes,
  rulesLine,
  scoreRows,
} from './table.pure.js';

const GATE_STYLE = new Html(`
.legend .old i{border-top:3px dotted #a970ff}
.gain{color:var(--good);font-weight:650}.loss{color:var(--bad);font-weight:650}
td.number,th.number{text-align:right}td.number:first-child,th.number:first-child{text-align:left}
tr.decides td:first-child{font-weight:650}
figcaption{flex-wrap:wrap}figcaption .path{flex:1 1 8rem}
.reasons{margin:0;padding-left:1.1rem}
`);

/** The page that shows what the gate came to. Everything that a person or a file name brought in is escaped. */
export function renderGatePage({ verdict, images, drawn }: GateOutcome): string {
  const { candidate, baseline } = verdict;
  return renderPage({
    title: `${headlineOf(verdict)} · wms`,
    eyebrow: 'wms gate',
    headline: headlineOf(verdict),
    lead: html`<code>${candidate?.name ?? 'The candidate'}</code> against ${
      baseline === null ? 'no Production model' : html`<code>${baseline.name}</code>`
    }, ${countsLine(verdict)}.`,
    sections: [
      verdictSection(verdict),
      ...pictureSections(drawn, verdict),
      ...(images.length === 0 ? [] : [tableSection(images)]),
    ],
    footer: `${verdict.convention} Written by wms on this machine; nothing here was sent anywhere.`,
    style: GATE_STYLE,
  });
}

function verdictSection(verdict: Verdict): Html {
  const rows = scoreRows(verdict).map(
    ({
      metric,
      baseline,
      candidate,
      difference,
      interval,
      decides,
    }) => html`<tr class="${decides ? 'decides' : ''}">
<td>${metric}</td><td class="number">${baseline}</td><td class="number">${candidate}</td><td class="number">${difference}</td><td class="number">${interval}</td></tr>`,
  );
  const notes = disagreements(verdict).map(
    (note) => html`<p><span class="chip warn">disagrees</span> ${note}</p>`,
  );
  const { testSplit, decidedAt } = verdict;
  return html`<section aria-labelledby="verdict"><h2 id="verdict">Verdict</h2>
<ul class="reasons ${passes(verdict) ? 'calm' : ''}">${verdict.reasons.map((reason) => html`<li>${reason}</li>`)}</ul>
${notes}${
  rows.length === 0
    ? null
    : html`<h3>Means over the test images</h3><div class="scroll" tabindex="0" role="region" aria-label="Means"><table>
<thead><tr><th scope="col">Metric</th><th class="number" scope="col">${opponentOf(verdict) === 'baseline' ? 'Baseline' : 'Production'}</th><th class="number" scope="col">Candidate</th><th class="number" scope="col">Difference</th><th class="number" scope="col">90 % interval</th></tr></thead>
<tbody>${rows}</tbody></table></div>`
}
<dl class="facts"><dt>Rule</dt><dd>${rulesLine(verdict)}</dd><dt>Decided by</dt><dd>scores at native size</dd>
<dt>Test split</dt><dd><code>${testSplit ?? 'none'}</code></dd><dt>Date</dt><dd><time datetime="${decidedAt}">${decidedAt.slice(0, 10)} ${decidedAt.slice(11, 16)} UTC</time></dd></dl></section>`;
}

function pictureSections(drawn: readonly DrawnPair[], verdict: Verdict): Html[] {
  if (verdict.baseline === null) {
    return drawn.length === 0 ? [] : [gallery('Lowest and highest Dice', drawn, null)];
  }
  const opponent = opponentOf(verdict);
  const losses = drawn.filter((pair) => gainOf(pair) < 0);
  const gains = drawn.filter((pair) => gainOf(pair) > 0).toReversed();
  return [
    ...(losses.length === 0 ? [] : [gallery('Biggest losses', losses, opponent)]),
    ...(gains.length === 0 ? [] : [gallery('Biggest gains', gains, opponent)]),
  ];
}

function gallery(title: string, pairs: readonly DrawnPair[], opponent: string | null): Html {
  return html`<section><h2>${title}</h2>
<ul class="legend"><li><i></i>mask in the dataset</li><li class="guess"><i></i>candidate</li>${
    opponent !== null ? html`<li class="old"><i></i>${opponent}</li>` : null
  }</ul>
<div class="gallery">${pairs.map(figure)}</div></section>`;
}

function figure(pair: DrawnPair): Html {
  const shown = showPath(pair.name);
  return html`<figure><img loading="lazy" alt="${shown} with the outlines of its mask and of what the models answered" src="data:image/jpeg;base64,${pair.jpeg.toString('base64')}">
<figcaption><span class="path">${shown}</span><b>${change(pair)}</b></figcaption></figure>
`;
}

function change({ candidate, baseline }: ComparedPair): Html {
  if (baseline === null) return html`${candidate.dice.toFixed(2)}`;
  const kind = candidate.dice < baseline.dice ? 'loss' : candidate.dice > baseline.dice ? 'gain' : '';
  return html`${baseline.dice.toFixed(2)} → <span class="${kind}">${candidate.dice.toFixed(2)}</span>`;
}

function tableSection(images: readonly ComparedPair[]): Html {
  const compared = images.some(({ baseline }) => baseline !== null);
  const rows = images
    .toSorted((a, b) => gainOf(a) - gainOf(b))
    .map(
      (image) => html`<tr><td class="path">${showPath(image.name)}</td>${
        compared ? html`<td class="number">${image.baseline?.dice.toFixed(3) ?? ''}</td>` : null
      }<td class="number">${image.candidate.dice.toFixed(3)}</td>${
        compared ? html`<td class="number">${signed(gainOf(image))}</td>` : null
      }<td class="number">${image.candidate.iou.toFixed(3)}</td></tr>
`,
    );
  const head = compared
    ? html`<th class="number" scope="col">Dice before</th><th class="number" scope="col">after</th><th class="number" scope="col">difference</th>`
    : html`<th class="number" scope="col">Dice</th>`;
  return html`<section><h2>All test images</h2><div class="scroll" tabindex="0" role="region" aria-label="All test images"><table>
<thead><tr><th scope="col">Image</th>${head}<th class="number" scope="col">IoU${compared ? ' after' : ''}</th></tr></thead>
<tbody>${rows}</tbody></table></div></section>`;
}
