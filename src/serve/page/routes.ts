import type { Route } from '../../ports/http-server.js';
import type { Described } from '../description/document.js';
import { pageAnswer } from '../page-answer.js';
import { renderTryPage } from './page.js';
import { readScripts } from './scripts.js';

export function pageRoutes(described: Described): Route[] {
  const page = renderTryPage(described);
  const scripts = [...readScripts()].map(([name, text]): Route => {
    const headers = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache' };
    const answer = { status: 200, type: 'text/javascript; charset=utf-8', body: text, headers };
    return { method: 'GET', path: `/page/${name}`, handle: () => answer };
  });
  return [{ method: 'GET', path: '/', handle: () => pageAnswer(page) }, ...scripts];
}
