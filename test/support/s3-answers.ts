import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Operation } from './s3-server.js';
import type { Refusal } from './s3-sigv4.js';

export function etag(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`;
}

export function refuse(
  response: ServerResponse,
  operation: Operation,
  { status, code, message }: Refusal,
  bucketRegion?: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const region =
    code === 'AuthorizationHeaderMalformed' && bucketRegion ? { 'x-amz-bucket-region': bucketRegion } : {};
  const inner = `<Code>${code}</Code><Message>${message}</Message>`;
  const body =
    operation === 'GetCallerIdentity'
      ? `<ErrorResponse><Error><Type>Sender</Type>${inner}</Error></ErrorResponse>`
      : `<?xml version="1.0" encoding="UTF-8"?><Error>${inner}</Error>`;
  response.writeHead(status, { 'content-type': 'application/xml', ...region, ...headers });
  response.end(operation === 'HeadObject' || operation === 'HeadBucket' ? undefined : body);
}

export function callerIdentity(response: ServerResponse, request: IncomingMessage): void {
  const key = /Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1];
  const arn = `arn:aws:iam::123456789012:user/${key}`;
  const result = `<Arn>${arn}</Arn><UserId>AIDATEST</UserId><Account>123456789012</Account>`;
  response.writeHead(200, { 'content-type': 'text/xml' });
  response.end(
    `<GetCallerIdentityResponse><GetCallerIdentityResult>${result}</GetCallerIdentityResult></GetCallerIdentityResponse>`,
  );
}
