/** The answer is not HTTP/1.1; named as Node names it. */
export function malformed(what: string): Error {
  return Object.assign(new Error(`Parse Error: the answer has ${what}`), { code: 'HPE_INVALID_RESPONSE' });
}
