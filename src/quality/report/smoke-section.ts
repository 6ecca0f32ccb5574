import { type Html, html } from '../../page/html.js';
import { showPath } from '../../show-path.js';
import type { SmokePreview, SmokeResult, SmokeScore } from '../smoke.js';
import { histogram } from './histogram.js';

/** How well the model finds what the new masks mark; null when no model ran. */
export function smokeSection(smoke: SmokeResult | null, model: string): Html {
  if (smoke === null) {
    return html`<section><h2>Smoke test</h2><p class="note">No model ran on these images.</p></section>`;
  }
  const { scores, medianDice, meanDice, medianIou, meanIou, lowest } = smoke;
  const dice = scores.map((score) => score.dice);
  return html`<section aria-labelledby="smoke"><h2 id="smoke">Smoke test</h2>
<p class="note">The model <code>${model}</code> on ${scores.length} of the new images, compared with their masks.</p>
<h3>Scores</h3>
<dl class="tiles">${tile('Median Dice', medianDice, 'main')}${tile('Mean Dice', meanDice)}${tile('Median IoU', medianIou)}${tile('Mean IoU', meanIou)}
<div><dt>Lowest Dice</dt><dd>${lowest.dice.toFixed(3)}<small>${showPath(lowest.name)}</small></dd></div></dl>
<h3>Distribution of Dice</h3>
${histogram(dice, medianDice)}
<h3>${smoke.previews.length < scores.length ? `The ${smoke.previews.length} lowest` : 'All of them'}, lowest first</h3>
<ul class="legend"><li><i></i>mask in the dataset</li><li class="guess"><i></i>the model’s answer</li></ul>
<div class="gallery">${smoke.previews.map(preview)}</div>
<h3>All scores, lowest first</h3>
<div class="scroll" tabindex="0" role="region" aria-label="All scores"><table><thead><tr><th scope="col">Image</th><th scope="col">Dice</th><th scope="col">IoU</th></tr></thead>
<tbody>${scores.toSorted((a, b) => a.dice - b.dice).map(row)}</tbody></table></div></section>`;
}

function tile(name: string, value: number, kind = ''): Html {
  return html`<div class="${kind}"><dt>${name}</dt><dd>${value.toFixed(3)}</dd></div>`;
}

function preview({ name, dice, iou, jpeg }: SmokePreview): Html {
  const shown = showPath(name);
  return html`<figure><img loading="lazy" alt="${shown} with the outlines of its mask and of the model’s answer" src="data:image/jpeg;base64,${jpeg.toString('base64')}">
<figcaption><span class="path">${shown}</span><b title="IoU ${iou.toFixed(3)}">${dice.toFixed(2)}</b></figcaption></figure>`;
}

function row({ name, dice, iou }: SmokeScore): Html {
  return html`<tr><td class="path">${showPath(name)}</td><td class="number"><span class="meter" aria-hidden="true"><i style="width:${(dice * 100).toFixed(1)}%"></i></span>${dice.toFixed(3)}</td><td class="number">${iou.toFixed(3)}</td></tr>
`;
}
