import { createHash } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { type ClientParts, createS3Client } from './client.js';

interface Exchange {
  readonly output: object;
  readonly response: { readonly headers?: Record<string, string> };
}

/** Milliseconds since 1970 by the server's clock, when an answer was sent. */
export function sentAt(answer: object): number {
  return (answer as { sentAt?: number }).sentAt ?? Number.NaN;
}

/** A client that knows when its answers were sent, and whose deletions servers of every age accept. */
export async function createCleanerClient(parts: ClientParts): Promise<S3Client> {
  const client = await createS3Client(parts);
  client.middlewareStack.add(
    (next) => async (args) => {
      const { output, response } = (await next(args)) as Exchange;
      Object.assign(output, { sentAt: Date.parse(response.headers?.date ?? '') });
      return { output, response } as never;
    },
    { step: 'deserialize', priority: 'high', name: 'sentAt' },
  );
  client.middlewareStack.add(
    (next) => async (args) => {
      const { body, headers } = args.request as { body?: unknown; headers: Record<string, string> };
      // The SDK sends a CRC32. Servers that do not know it insist on the older header.
      if (typeof body === 'string') headers['content-md5'] = createHash('md5').update(body).digest('base64');
      return next(args);
    },
    { step: 'build', priority: 'low', name: 'contentMd5' },
  );
  return client;
}
