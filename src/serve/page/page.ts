import { type Html, html } from '../../page/html.js';
import { renderPage } from '../../page/page.js';
import type { Described } from '../description/document.js';
import { PAGE_STYLE } from './style.js';

const TYPES = 'image/jpeg,image/png,image/webp,image/tiff';

type Variants = Described['variants'];

/** The page on which a person tries the models: a photo in, its mask drawn over it. */
export function renderTryPage({ version, variants, maxBodyMB, maxMegapixels }: Described): string {
  return renderPage({
    title: 'Try the model · wms',
    eyebrow: 'wms serve',
    headline: 'See what the model sees',
    lead: html`Photos are answered by ${servedHtml(variants)}. They go to this server only, and it keeps none.`,
    nav: html`<nav aria-label="Pages"><a href="docs">API for programs</a><a href="metrics">Metrics</a></nav>`,
    sections: [
      html`<section id="try" aria-labelledby="photo" data-max-mb="${maxBodyMB}"><h2 id="photo" class="unseen">Photo and mask</h2>
<noscript><p>This page needs JavaScript. The API does without: <a href="docs">how to ask it</a>.</p></noscript>
<div class="columns"><div>${pictureHtml}${inputHtml(maxBodyMB, maxMegapixels)}</div>
<div class="side">${variantHtml(variants)}${resultHtml}</div></div></section>`,
    ],
    footer: `wms-hooks ${version}`,
    style: PAGE_STYLE,
    script: 'page/main.js',
  });
}

const pictureHtml = html`<figure id="view" aria-busy="false"><div id="layers"><img id="picture" alt="The photo">
<canvas id="area" width="1" height="1" role="img" aria-label="The mask over the photo"></canvas><canvas id="outline" width="1" height="1" aria-hidden="true"></canvas></div>
<figcaption>This browser cannot show the photo itself; this is its mask.</figcaption></figure>`;

function inputHtml(maxBodyMB: number, maxMegapixels: number): Html {
  return html`<div class="drop"><svg viewBox="0 0 48 48" aria-hidden="true"><path d="M6 34V13a4 4 0 0 1 4-4h28a4 4 0 0 1 4 4v22a4 4 0 0 1-4 4H10a4 4 0 0 1-4-4zl10-11 8 8 6-6 12 12"/><circle cx="32" cy="18" r="3"/></svg>
<p class="call untouched">Drop a photo here</p><p class="call touch">Choose or take a photo</p>
<p class="note" id="limits">JPEG, PNG, WebP or TIFF, at most ${maxBodyMB} MB and ${maxMegapixels} million pixels</p>
<p class="choices"><input type="file" id="file" class="unseen" accept="${TYPES}" aria-describedby="limits"><label for="file" class="button">Choose a photo</label>
<input type="file" id="camera" class="unseen touch" accept="image/jpeg,image/png" capture="environment"><label for="camera" class="button touch">Take a photo</label></p>
<p class="note" id="more"></p></div>`;
}

const resultHtml = html`<p id="status" role="status"></p>
<div id="problem" role="alert" hidden><p><b id="what"></b></p><p id="next"></p><p><span id="wait"></span></p><button type="button" id="again" class="button">Try again</button></div>
<div class="result"><dl class="tiles"><div class="main"><dt>Object covers</dt><dd><span id="coverage"></span><small>of the photo</small></dd></div>
<div><dt>Score</dt><dd><span id="score"></span><small>mean probability there</small></dd></div>
<div><dt>Model</dt><dd><span id="model"></span><small id="version"></small></dd></div>
<div><dt>Time</dt><dd><span id="time"></span><small id="size"></small></dd></div></dl>
<p class="control"><label for="opacity">Opacity of the mask</label> <output id="opacity-text" for="opacity"></output><input type="range" id="opacity" min="0" max="100" step="5" value="45"></p>
<fieldset><legend>Show</legend><input type="radio" name="show" id="show-both" class="unseen" checked><label for="show-both">Mask over photo</label><input type="radio" name="show" id="show-mask" class="unseen"><label for="show-mask">Mask alone</label></fieldset>
<a id="save" class="button quiet" href="docs" download>Save the mask</a></div>`;

function servedHtml(variants: Variants): Html {
  const all = sharesOf(variants).map(
    ({ name, version, share }, i) =>
      html`${i === 0 ? '' : ' and '}<b>${name}</b> (version <code>${version}</code>${variants.length > 1 ? `, ${share} %` : ''})`,
  );
  return html`${all}`;
}

function variantHtml(variants: Variants): Html | null {
  if (variants.length < 2) return null;
  const options = variants.map(
    ({ name, version }) => html`<option value="${name}">${name}, version ${version}</option>`,
  );
  return html`<p class="control"><label for="variant">Model</label><select id="variant"><option value="">Any, by its share</option>${options}</select></p>`;
}

function sharesOf(variants: Variants) {
  const sum = variants.reduce((total, { weight }) => total + weight, 0);
  return variants.map((variant) => ({ ...variant, share: Math.round((variant.weight / sum) * 100) }));
}
