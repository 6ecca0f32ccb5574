import { type Html, html } from '../../../page/html.js';
import { showPath } from '../../../show-path.js';
import { noteOf } from '../describe.pure.js';
import type { PairPictures, Picture } from './pictures.js';

/** One pair: its photo large, what there is twice side by side. */
export function pairFigure({ pair, pictures, problems, agreement }: PairPictures): Html {
  const name = showPath(pair.pair);
  const rows = [
    pictures.filter(({ kind }) => kind === 'photo'),
    pictures.filter(({ kind }) => kind === 'mask'),
  ].filter((row) => row.length > 0);
  const note = noteOf(pair);
  const dice = agreement === null ? null : html`<b>Dice ${agreement.toFixed(2)}</b>`;
  return html`<figure>${rows.map((row) => pictureRow(name, row))}${problems.map((problem) => html`<p class="problem">${problem}</p>`)}
<figcaption><span class="path">${name}</span>${note === null ? null : html`<span class="what">${note}</span>`}${dice}</figcaption></figure>
`;
}

function pictureRow(name: string, row: readonly Picture[]): Html {
  const images = row.map((picture) => image(name, picture));
  if (row.length === 1 && row[0]?.kind === 'photo') return html`${images}`;
  const sides = row.map(({ version }, at) => html`<div>${images[at] ?? null}<span>${version}</span></div>`);
  return html`<div class="sides">${sides}</div>`;
}

function image(name: string, { kind, version, type, bytes }: Picture): Html {
  return html`<img loading="lazy" alt="${name}: ${describe(kind, version)}" src="data:${type};base64,${bytes.toString('base64')}">`;
}

function describe(kind: Picture['kind'], version: Picture['version']): string {
  if (kind === 'mask') return `mask ${version}`;
  return version === 'both'
    ? 'photo with the outlines of its mask before and after'
    : `photo ${version}, with the outline of its mask`;
}
