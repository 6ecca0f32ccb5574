import { createHash } from 'node:crypto';
import { Html, html } from './html.js';
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
  /** Relative address of a module that the page runs. It may ask its own server, and show what a person gives it. */
  readonly script?: string;
}

const PLAIN = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

function scripted(style: string): string {
  const hash = createHash('sha256').update(style).digest('base64');
  return [
    "default-src 'none'",
    "script-src 'self'",
    "connect-src 'self'",
    'img-src blob:',
    `style-src 'sha256-${hash}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** One document that needs nothing from elsewhere: a content policy forbids requests, and scripts but its own. */
export function renderPage({
  title,
  eyebrow,
  headline,
  lead,
  sections,
  footer,
  nav,
  style,
  script,
}: Page): string {
  const rules = new Html(STYLE.text + (style?.text ?? ''));
  const policy = script === undefined ? PLAIN : scripted(rules.text);
  return `${
    html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy)}">
<title>${title}</title><style>${rules}</style>${
      script === undefined ? null : html`<script type="module" src="${script}"></script>`
    }</head><body><main>
<header><p class="eyebrow">${eyebrow}</p><h1>${headline}</h1>
<p class="lead">${lead}</p>${nav ?? null}</header>
${sections}
<footer>${footer}</footer>
</main></body></html>`.text
  }\n`;
}
