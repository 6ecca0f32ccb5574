import { type Html, html } from './html.js';
import { STYLE } from './style.js';

interface Page {
  /** Of the browser's tab. */
  readonly title: string;
  readonly eyebrow: string;
  readonly headline: string;
  readonly lead: Html;
  readonly sections: readonly Html[];
  readonly footer: string;
  /** Links under the lead, to pages of the same server. */
  readonly nav?: Html;
  /** What this page needs besides the common style. */
  readonly style?: Html;
}

/** One document that needs nothing besides itself: a content policy forbids scripts and requests. */
export function renderPage({ title, eyebrow, headline, lead, sections, footer, nav, style }: Page): string {
  return `${
    html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${title}</title><style>${STYLE}${style ?? null}</style></head><body><main>
<header><p class="eyebrow">${eyebrow}</p><h1>${headline}</h1>
<p class="lead">${lead}</p>${nav ?? null}</header>
${sections}
<footer>${footer}</footer>
</main></body></html>`.text
  }\n`;
}
