import { type Html, html } from '../../page/html.js';

const BINS = 20;
const WIDTH = 720;
const HEIGHT = 210;
const EDGE = { top: 34, bottom: 26 };

/** How scores of 0…1 are distributed, in steps of 0.05, with a line at their median. */
export function histogram(scores: readonly number[], median: number): Html {
  const counts = new Array<number>(BINS).fill(0);
  for (const score of scores) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(score * BINS)));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const tallest = Math.max(1, ...counts);
  const floor = HEIGHT - EDGE.bottom;
  const step = WIDTH / BINS;
  const bars = counts.map((count, i) => {
    if (count === 0) return null;
    const height = (count / tallest) * (floor - EDGE.top);
    const x = i * step + 2;
    return html`<g><title>${count} with Dice ${(i / BINS).toFixed(2)} to ${((i + 1) / BINS).toFixed(2)}</title>
<rect x="${x}" y="${(floor - height).toFixed(1)}" width="${step - 4}" height="${height.toFixed(1)}" rx="3"/>
<text class="count" x="${x + step / 2 - 2}" y="${(floor - height - 5).toFixed(1)}" text-anchor="middle">${count}</text></g>`;
  });
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1].map((value) => {
    const anchor = value === 0 ? 'start' : value === 1 ? 'end' : 'middle';
    return html`<text x="${value * WIDTH}" y="${HEIGHT - 7}" text-anchor="${anchor}">${value.toFixed(1)}</text>`;
  });
  const at = median * WIDTH;
  const anchor = median > 0.5 ? 'end' : 'start';
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Histogram of ${scores.length} Dice scores, median ${median.toFixed(2)}">
<line class="axis" x1="0" x2="${WIDTH}" y1="${floor}" y2="${floor}"/>${bars}${ticks}
<line class="median" x1="${at.toFixed(1)}" x2="${at.toFixed(1)}" y1="4" y2="${floor}"/>
<text class="named" x="${(at + (median > 0.5 ? -7 : 7)).toFixed(1)}" y="13" text-anchor="${anchor}">median ${median.toFixed(2)}</text></svg>`;
}
