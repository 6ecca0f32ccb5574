import type { HttpClient } from '../../ports/http-client.js';

export const postOverHttp: HttpClient = async ({ url, body, type, signal }) => {
  const headers = { 'content-type': type };
  const answer = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body), signal });
  return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
};
