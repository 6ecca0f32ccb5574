import { type Html, html } from '../../../page/html.js';
import { renderPage } from '../../../page/page.js';
import { count, grouped } from '../../../words.js';
import { countOf, describeUnpaired, nameOf } from '../describe.pure.js';
import { type ChangeKind, type DatasetDiff, KINDS } from '../pair-diff.pure.js';
import type { DiffSide, DiffSides } from '../revisions.js';
import { pairFigure } from './figure.js';
import type { PairPictures } from './pictures.js';
import { DIFF_STYLE } from './style.js';

const LISTED = 200;

export interface DiffPage {
  readonly sides: DiffSides;
  /** Null: both are the same version. */
  readonly diff: DatasetDiff | null;
  readonly pictures: readonly PairPictures[];
  /** Where objects live; never holds a secret. */
  readonly store: string;
}

/** One document with pictures of what changed. Everything that a person or a file name brought in is escaped. */
export function renderDiffPage({ sides, diff, pictures, store }: DiffPage): string {
  const { from, to } = sides;
  return renderPage({
    title: `${to.revision} · wms data diff`,
    eyebrow: 'wms data diff',
    headline: headline(diff),
    lead: html`The dataset in <code>${from.revision}</code>, compared with <code>${to.revision}</code>.`,
    sections: [overview(sides, diff, store), ...(diff === null ? [] : changes(diff, pictures))],
    footer:
      'Dice compares the old mask with the new one, at the size of the picture. Written by wms on this machine; nothing here was sent anywhere.',
    style: DIFF_STYLE,
  });
}

function headline(diff: DatasetDiff | null): string {
  if (diff === null) return 'The same version';
  const parts = KINDS.filter((kind) => countOf(diff, kind) > 0).map((kind, at) => {
    const many = countOf(diff, kind);
    return at === 0 ? `${count(many, 'pair')} ${kind}` : `${grouped(many)} ${kind}`;
  });
  return parts.length > 0 ? parts.join(', ') : 'No pair changed';
}

function changes(diff: DatasetDiff, pictures: readonly PairPictures[]): Html[] {
  const of = (kind: ChangeKind) => pictures.filter(({ pair }) => pair.change === kind);
  const renamed = diff.pairs.filter(({ change }) => change === 'renamed').map(nameOf);
  const alone = diff.unpaired.map(describeUnpaired);
  return [
    gallery('Replaced', of('replaced'), countOf(diff, 'replaced')),
    gallery('Added', of('added'), countOf(diff, 'added')),
    gallery('Removed', of('removed'), countOf(diff, 'removed')),
    list('Renamed', 'The same bytes under another name.', renamed),
    list('Files without a partner', 'Images without a mask, or masks without an image.', alone),
  ].filter((section) => section !== null);
}

function overview({ from, to }: DiffSides, diff: DatasetDiff | null, store: string): Html {
  const side = ({ revision, commit }: DiffSide) =>
    html`<code>${revision}</code> · <code>${commit.slice(0, 10)}</code>`;
  return html`<section aria-labelledby="dataset"><h2 id="dataset">Dataset</h2>
${diff === null ? null : tiles(diff)}<dl class="facts"><dt>From</dt><dd>${side(from)}</dd><dt>To</dt><dd>${side(to)}</dd>
<dt>Store</dt><dd><code>${store}</code></dd></dl></section>`;
}

function tiles(diff: DatasetDiff): Html {
  const tile = (name: string, value: number, kind = '') =>
    html`<div class="${kind}"><dt>${name}</dt><dd>${grouped(value)}</dd></div>
`;
  return html`<dl class="tiles">${tile('Before', diff.total.before)}${KINDS.map((kind) => tile(capitalised(kind), countOf(diff, kind)))}${tile('After', diff.total.after, 'main')}</dl>
`;
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** Null when nothing changed in this way. */
function gallery(title: string, shown: readonly PairPictures[], count: number): Html | null {
  if (count === 0) return null;
  const id = title.toLowerCase();
  const rest = count - shown.length;
  const more =
    rest === 0
      ? null
      : html`<p class="note more">${grouped(rest)} more ${rest === 1 ? 'pair is' : 'pairs are'} not shown here. <code>npx wms data diff --json</code> with the same revisions lists all.</p>`;
  const isReplaced = title === 'Replaced';
  const sorted = isReplaced ? shown.toSorted((a, b) => (a.agreement ?? 2) - (b.agreement ?? 2)) : shown;
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title} <small>${grouped(count)}</small></h2>
${legendOf(title)}<div class="gallery ${isReplaced ? 'wide' : ''}">${sorted.map(pairFigure)}</div>${more}</section>`;
}

const AFTER = html`<li><i></i>mask after</li>`;
const BEFORE = html`<li class="guess"><i></i>mask before</li>`;

function legendOf(title: string): Html {
  const lines = title === 'Added' ? [AFTER] : title === 'Removed' ? [BEFORE] : [AFTER, BEFORE];
  return html`<ul class="legend">${lines}</ul>`;
}

function list(title: string, note: string, lines: readonly string[]): Html | null {
  if (lines.length === 0) return null;
  const id = title.toLowerCase().replaceAll(' ', '-');
  const rest = lines.length - LISTED;
  const more = rest > 0 ? html`<li>… and ${grouped(rest)} more</li>` : null;
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title} <small>${grouped(lines.length)}</small></h2>
<p class="note">${note}</p><ul class="names">${lines.slice(0, LISTED).map((line) => html`<li class="path">${line}</li>`)}${more}</ul></section>`;
}
