const FIRST_SURROGATE = 0xd800;

/**
 * Orders strings by code points, as Python does. JavaScript's `<` orders by UTF-16 units and puts an emoji before
 * U+FF01.
 */
export function compareCodePoints(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  let at = 0;
  while (at < shared && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  if (at === shared) return a.length - b.length;
  const left = a.charCodeAt(at);
  const right = b.charCodeAt(at);
  if (left < FIRST_SURROGATE || right < FIRST_SURROGATE) return left - right;
  const inPair = isHigh(a.charCodeAt(at - 1)) && (isLow(left) || isLow(right));
  const start = inPair ? at - 1 : at;
  return (a.codePointAt(start) ?? 0) - (b.codePointAt(start) ?? 0);
}

function isHigh(unit: number): boolean {
  return unit >= FIRST_SURROGATE && unit < 0xdc00;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
