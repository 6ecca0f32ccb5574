import { Html, html } from '../../page/html.js';
import { renderPage } from '../../page/page.js';
import type { Content, Method, OpenApi, Operation, Response, SchemaName } from './document.js';
import { fieldsOf } from './fields.pure.js';
import { sampleOf } from './sample.pure.js';

const STYLE = new Html(`
.operation{border-top:1px solid var(--line);padding:1.2rem 0 1.3rem}.operation:last-child{padding-bottom:0}
.operation h3{display:flex;flex-wrap:wrap;gap:.3rem .7rem;align-items:baseline;margin:0;color:var(--ink);font-size:1rem}
.operation p{margin:.4rem 0 0;max-width:46rem}.operation h4{margin:1rem 0 .2rem;font-size:.82rem;color:var(--soft);font-weight:600}
.method{font:650 .78rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;border-radius:99px;padding:.1rem .65rem;
background:var(--accent-soft);color:var(--accent)}
pre{margin:.8rem 0 0;padding:.75rem .9rem;border-radius:10px;background:var(--bg);border:1px solid var(--line);overflow-x:auto;
font:.85rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
td{font-size:.9rem}td:first-child{width:1%;white-space:nowrap;padding-right:1.25rem}td code{overflow-wrap:normal}
.about{margin:-.4rem 0 1.2rem;max-width:46rem}
nav{margin-top:1rem;display:flex;flex-wrap:wrap;gap:.3rem 1.25rem}a{color:var(--accent)}
@media(max-width:34rem){td:first-child{width:auto;white-space:normal}}
`);

/** The same operations with a version in their path, told in one sentence. */
const VERSIONS = '/versions/{version}';

/**
 * The description for people. It needs nothing besides itself.
 * @param origin of the server as the reader sees it, for examples
 */
export function renderDocs(api: OpenApi, origin: string): string {
  const sections = api.tags.map(({ name, description }) => {
    const paths = Object.entries(api.paths).filter(([path]) => !path.includes(VERSIONS));
    const operations = paths.flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { tags }]) => tags[0] === name)
        .map(([method, operation]) => operationHtml(method as Method, path, operation, origin)),
    );
    const id = name.toLowerCase().replaceAll(' ', '-');
    return html`<section aria-labelledby="${id}"><h2 id="${id}">${name}</h2><p class="note about">${withCode(description)}</p>${operations}</section>`;
  });
  return renderPage({
    title: `${api.info.title} · wms`,
    eyebrow: 'wms serve',
    headline: 'Model API',
    lead: html`${api.info.description} Errors are JSON: <code>error</code> says what, <code>next</code> what to do.`,
    sections: [...sections, schemaSection(api)],
    footer: `wms-hooks ${api.info.version}. For programs: openapi.json`,
    style: STYLE,
    nav: html`<nav aria-label="Pages"><a href="./">Try it with a photo</a><a href="openapi.json">openapi.json</a></nav>`,
  });
}

function operationHtml(method: Method, path: string, operation: Operation, origin: string): Html {
  const { summary, description, parameters = [], requestBody, responses, operationId } = operation;
  const sample = sampleOf(method, path, operation, origin);
  return html`<article class="operation" id="${operationId}"><h3><span class="method">${method.toUpperCase()}</span><code>${path}</code></h3>
<p>${summary}.</p>${description === undefined ? null : html`<p class="note">${withCode(description)}</p>`}${
    parameters.length === 0
      ? null
      : table(
          'Parameters',
          parameters.map(({ name, description, schema }) => [
            html`<code>${name}</code>`,
            html`${description}${schema.enum === undefined ? null : html`: ${listed(schema.enum)}`}`,
          ]),
        )
  }${requestBody === undefined ? null : html`<h4>Body</h4><p>${contentHtml(requestBody.content)}</p>`}${table(
    'Answers',
    Object.entries(responses).map(([status, response]) => [
      html`<code>${status}</code>`,
      responseHtml(response),
    ]),
  )}${sample === null ? null : html`<pre tabindex="0">${sample}</pre>`}</article>`;
}

function responseHtml({ description, content = {}, headers = {} }: Response): Html {
  const named = Object.entries(headers).map(
    ([name, { description }]) => html`<br><code>${name}</code> <span class="note">${description}</span>`,
  );
  return html`${description} · <span class="note">${contentHtml(content)}</span>${named}`;
}

function contentHtml(content: Content): Html {
  const types = Object.entries(content).map(([type, { schema }], i) => {
    const name = schema?.$ref?.split('/').at(-1);
    const link = name === undefined ? null : html` (<a href="#${name}">${name}</a>)`;
    return html`${i === 0 ? '' : ', '}<code>${type}</code>${link}`;
  });
  return html`${types}`;
}

function schemaSection({ components }: OpenApi): Html {
  const tables = Object.entries(components.schemas).map(
    ([name, schema]) =>
      html`<article class="operation" id="${name as SchemaName}"><h3>${name}</h3>${table(
        null,
        fieldsOf(schema).map(({ path, type, optional, description }) => [
          html`<code>${path}</code>`,
          html`${description === '' ? null : html`${withCode(description)} · `}<span class="note">${type}${
            optional ? ', may be left out' : null
          }</span>`,
        ]),
      )}</article>`,
  );
  return html`<section aria-labelledby="schemas"><h2 id="schemas">JSON</h2>${tables}</section>`;
}

function table(title: string | null, rows: readonly (readonly [Html, Html])[]): Html {
  const lines = rows.map(([name, text]) => html`<tr><td>${name}</td><td>${text}</td></tr>`);
  return html`${title === null ? null : html`<h4>${title}</h4>`}<div class="scroll"><table><tbody>${lines}</tbody></table></div>`;
}

function listed(values: readonly string[]): Html {
  return html`${values.map((value, i) => html`${i === 0 ? '' : ', '}<code>${value}</code>`)}`;
}

/** Markdown as descriptions use it: code between backticks. */
function withCode(text: string): Html {
  return html`${text.split('`').map((part, i) => (i % 2 === 0 ? part : html`<code>${part}</code>`))}`;
}
