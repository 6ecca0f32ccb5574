import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { refuse } from './s3-answers.js';
import { escapeXml } from './s3-list.js';

const unescapeXml = (text: string) =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');

/** DeleteObjects, as strict as the oldest servers: without a correct Content-MD5 nothing is deleted. */
export function deleteObjects(
  { request, response, body }: { request: IncomingMessage; response: ServerResponse; body: Buffer },
  objects: Map<string, Buffer>,
  undeletable: ReadonlySet<string>,
): void {
  if (request.headers['content-md5'] !== createHash('md5').update(body).digest('base64')) {
    const refusal = { status: 400, code: 'InvalidRequest', message: 'Missing or wrong Content-MD5.' };
    refuse(response, 'DeleteObjects', refusal);
    return;
  }
  const keys = [...body.toString().matchAll(/<Key>(.*?)<\/Key>/gs)].map(([, key = '']) => unescapeXml(key));
  const errors = keys.filter((key) => undeletable.has(key));
  for (const key of keys) if (!undeletable.has(key)) objects.delete(key);
  const parts = errors.map(
    (key) =>
      `<Error><Key>${escapeXml(key)}</Key><Code>AccessDenied</Code><Message>Access Denied</Message></Error>`,
  );
  response.end(`<?xml version="1.0" encoding="UTF-8"?><DeleteResult>${parts.join('')}</DeleteResult>`);
}
