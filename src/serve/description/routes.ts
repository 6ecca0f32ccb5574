import type { Route } from '../../ports/http-server.js';
import { json } from '../answers.js';
import { pageAnswer } from '../page-answer.js';
import type { OpenApi } from './document.js';
import { renderDocs } from './page.js';

const ANY_ORIGIN = 'http://127.0.0.1:8080';

export function descriptionRoutes(api: OpenApi): Route[] {
  return [
    { method: 'GET', path: '/openapi.json', handle: () => json(api) },
    {
      method: 'GET',
      path: '/docs',
      handle: ({ headers }) => pageAnswer(renderDocs(api, originOf(headers.host))),
    },
  ];
}

/** As the reader's browser named it; whoever asks decides what stands in this header. */
function originOf(host: string | string[] | undefined): string {
  return typeof host === 'string' && /^[\w.:[\]-]{1,255}$/.test(host) ? `http://${host}` : ANY_ORIGIN;
}
