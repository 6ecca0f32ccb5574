import { type Operation, startS3Server } from '../../test/support/s3-server.js';

export interface Question {
  /** Puts an object into the bucket. */
  readonly key?: string;
  readonly bytes?: Buffer;
}

export interface Answer {
  readonly url: string;
  /** Since the last question. */
  readonly requests: Partial<Record<Operation, number>>;
}

const server = await startS3Server();

function answer(): void {
  const requests: Partial<Record<Operation, number>> = {};
  for (const { operation } of server.log.splice(0)) requests[operation] = (requests[operation] ?? 0) + 1;
  process.send?.({ url: server.url, requests } satisfies Answer);
}

process.on('message', ({ key, bytes }: Question) => {
  if (key !== undefined && bytes !== undefined) server.objects().set(key, Buffer.from(bytes));
  answer();
});
process.on('disconnect', () => void server.close());
answer();
