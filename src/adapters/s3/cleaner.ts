import type { DeleteObjectsCommandOutput, ListObjectsV2CommandOutput, S3Client } from '@aws-sdk/client-s3';
import type { S3Remote } from '../../config/dvc-s3-remote.js';
import { EXIT, isWmsError, WmsError } from '../../errors.js';
import type { CallOptions } from '../../ports/object-store.js';
import {
  type NotRemoved,
  refuseForeignKeys,
  type StoreCleaner,
  type StoredKey,
} from '../../ports/store-cleaner.js';
import { notS3 } from './answers.js';
import { createCleanerClient, sentAt } from './cleaner-client.js';
import type { ClientParts } from './client.js';
import { failureOf } from './failure.js';
import type { S3Requests } from './requests.js';

/** As many as S3 takes in one request. */
const KEYS_AT_ONCE = 1000;
/** Answers about single keys that another attempt may change. */
const TRANSIENT = ['InternalError', 'SlowDown', 'ServiceUnavailable', 'RequestTimeout'];

export class S3Cleaner implements StoreCleaner {
  private readonly clients = new WeakMap<ClientParts, Promise<S3Client>>();
  private knowsBatches = true;

  constructor(
    private readonly requests: S3Requests,
    private readonly remote: S3Remote,
  ) {}

  async *list(prefix: string, { signal }: CallOptions = {}): AsyncGenerator<StoredKey> {
    const top = this.requests.wholeKey('');
    let token: string | undefined;
    do {
      const page = await this.requests.attempt(signal, () => this.page(top + prefix, token, signal));
      for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
        // Of unknown age counts as new: such an object is kept.
        const age = sentAt(page) - (LastModified?.getTime() ?? Number.NaN);
        yield { key: Key.slice(top.length), bytes: Size, age: Number.isNaN(age) ? 0 : age };
      }
      token = page.NextContinuationToken;
      if (page.IsTruncated === true && token === undefined) throw halfList(this.url);
    } while (token !== undefined);
  }

  async remove(keys: readonly string[], { signal }: CallOptions = {}): Promise<NotRemoved[]> {
    refuseForeignKeys(keys);
    const left: NotRemoved[] = [];
    for (let from = 0; from < keys.length; from += KEYS_AT_ONCE) {
      left.push(...(await this.removeSome(keys.slice(from, from + KEYS_AT_ONCE), signal)));
    }
    return left;
  }

  private get url(): string {
    return this.requests.session.url;
  }

  private async client(): Promise<S3Client> {
    const parts = await this.requests.session.clientParts();
    const client = this.clients.get(parts) ?? createCleanerClient(parts);
    this.clients.set(parts, client);
    return client;
  }

  private async page(
    Prefix: string,
    ContinuationToken: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ListObjectsV2CommandOutput> {
    const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
    const client = await this.client();
    const command = new ListObjectsV2Command({ Bucket: this.remote.bucket, Prefix, ContinuationToken });
    const page = await client.send(command, abortable(signal));
    if (page.$metadata.requestId === undefined) throw notS3(this.url);
    return page;
  }

  private async removeSome(keys: readonly string[], signal: AbortSignal | undefined): Promise<NotRemoved[]> {
    try {
      if (!this.knowsBatches) return await this.removeEach(keys, signal);
      const answer = await this.requests.attempt(signal, () => this.deleteBatch(keys, signal));
      if (answer === 'unknown') {
        this.knowsBatches = false;
        return await this.removeEach(keys, signal);
      }
      const top = this.requests.wholeKey('').length;
      const errors = answer.Errors ?? [];
      if (errors.length === keys.length && errors.every(({ Code }) => Code === 'AccessDenied')) {
        throw this.deleteDenied(errors[0]?.Message ?? 'AccessDenied');
      }
      return errors.map(({ Key = '', Code = '', Message = '' }) => ({
        key: Key.slice(top),
        reason: [Code, Message].filter(Boolean).join(': '),
      }));
    } catch (error) {
      if (!isWmsError(error, 'credentials/not-allowed')) throw error;
      throw this.deleteDenied(error.why ?? error.message);
    }
  }

  private async deleteBatch(
    keys: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<DeleteObjectsCommandOutput | 'unknown'> {
    const { DeleteObjectsCommand } = await import('@aws-sdk/client-s3');
    const client = await this.client();
    const Objects = keys.map((key) => ({ Key: this.requests.wholeKey(key) }));
    const command = new DeleteObjectsCommand({
      Bucket: this.remote.bucket,
      Delete: { Objects, Quiet: true },
    });
    const answer = await client.send(command, abortable(signal)).catch((error: unknown) => {
      const { status, name } = failureOf(error);
      if (status === 501 || status === 405 || name === 'NotImplemented') return 'unknown' as const;
      throw error;
    });
    if (answer === 'unknown') return answer;
    if (answer.$metadata.requestId === undefined) throw notS3(this.url);
    const busy = answer.Errors?.find(({ Code = '' }) => TRANSIENT.includes(Code));
    // Deleting twice is no error, so the whole batch goes again.
    if (busy !== undefined) throw Object.assign(new Error(busy.Message), unavailable(busy.Code));
    return answer;
  }

  /** For servers that delete one object at a time. */
  private async removeEach(keys: readonly string[], signal: AbortSignal | undefined): Promise<NotRemoved[]> {
    const { DeleteObjectCommand } = await import('@aws-sdk/client-s3');
    const removeOne = async (key: string): Promise<void> => {
      const command = new DeleteObjectCommand({
        Bucket: this.remote.bucket,
        Key: this.requests.wholeKey(key),
      });
      const { $metadata } = await (await this.client()).send(command, abortable(signal));
      if ($metadata.requestId === undefined) throw notS3(this.url);
    };
    await Promise.all(keys.map((key) => this.requests.attempt(signal, () => removeOne(key))));
    return [];
  }

  private deleteDenied(why: string): WmsError {
    const place = [this.remote.bucket, this.remote.prefix, '*'].filter(Boolean).join('/');
    return new WmsError({
      kind: 'store/delete-denied',
      code: EXIT.credentials,
      what: `You have no permission to delete objects of the store ${this.url}.`,
      why,
      next: `Ask for "s3:DeleteObject" on "arn:aws:s3:::${place}" (docs/setup.md): only who runs wms data gc needs it.`,
    });
  }
}

function unavailable(name = 'InternalError') {
  return { name, $metadata: { httpStatusCode: 503 } };
}

function halfList(url: string): WmsError {
  return new WmsError({
    kind: 'store/half-list',
    code: EXIT.network,
    what: `The store ${url} did not list all of its objects.`,
    why: 'It said that there are more, and not how to go on.',
    next: 'Nothing was deleted. Tell whoever runs the server.',
  });
}

function abortable(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}
