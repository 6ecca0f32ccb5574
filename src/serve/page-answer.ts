import type { HttpAnswer } from '../ports/http-server.js';

/** A page with what its own policy cannot say: in no frame, no guessing of types, no address for other servers. */
export function pageAnswer(body: string): HttpAnswer {
  return {
    status: 200,
    type: 'text/html; charset=utf-8',
    body,
    headers: {
      'content-security-policy': "frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    },
  };
}
