import type { Method, Operation } from './document.js';

/** A command that asks, with the first of each name that there is; null for pages. */
export function sampleOf(
  method: Method,
  path: string,
  { parameters = [], requestBody, tags }: Operation,
  origin: string,
): string | null {
  if (tags[0] === 'Pages') return null;
  const url = parameters
    .filter((parameter) => parameter.in === 'path')
    .reduce((text, { name, schema }) => text.replace(`{${name}}`, schema.enum?.[0] ?? name), origin + path);
  if (method === 'get') return `curl ${url}`;
  if (requestBody !== undefined && 'image/jpeg' in requestBody.content) {
    return [
      `curl --data-binary @photo.jpg -H 'Content-Type: image/jpeg' ${url} > mask.png`,
      `curl -F image=@photo.jpg -H 'Accept: application/json' ${url}`,
    ].join('\n');
  }
  return `curl --data-binary @request.json -H 'Content-Type: application/json' ${url}`;
}
