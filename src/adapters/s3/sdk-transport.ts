import type { GetObjectCommandInput, PutObjectCommandInput, S3Client } from '@aws-sdk/client-s3';
import type { S3Remote } from '../../config/dvc-s3-remote.js';
import { type ClientParts, createS3Client } from './client.js';
import type { GetAnswer, GetOptions, ObjectTransport, PutAnswer, PutOptions } from './transport.js';

type Sdk = typeof import('@aws-sdk/client-s3');

/** Everything that the SDK can do. Throws WmsError `config/ca-bundle`. */
export async function createSdkTransport(parts: ClientParts): Promise<ObjectTransport> {
  const [sdk, client] = await Promise.all([import('@aws-sdk/client-s3'), createS3Client(parts)]);
  return new SdkTransport(sdk, client, parts.remote);
}

class SdkTransport implements ObjectTransport {
  constructor(
    private readonly sdk: Sdk,
    private readonly client: S3Client,
    private readonly remote: S3Remote,
  ) {}

  async get(Key: string, { signal, firstByteOnly }: GetOptions): Promise<GetAnswer> {
    const command = new this.sdk.GetObjectCommand({
      Bucket: this.remote.bucket,
      Key,
      ...readOptions(this.remote),
      ...(firstByteOnly ? { Range: 'bytes=0-0' } : {}),
    });
    const answer = await this.client.send(command, abortable(signal));
    const bytes = Buffer.from((await answer.Body?.transformToByteArray()) ?? []);
    return { bytes, etag: answer.ETag, requestId: answer.$metadata.requestId };
  }

  async put(Key: string, bytes: Buffer, { signal, md5, ifAbsent, ifMatch }: PutOptions): Promise<PutAnswer> {
    const command = new this.sdk.PutObjectCommand({
      Bucket: this.remote.bucket,
      Key,
      ...putOptions(this.remote),
      ...(ifAbsent ? { IfNoneMatch: '*' } : {}),
      ...(ifMatch === undefined ? {} : { IfMatch: ifMatch }),
      Body: bytes,
      ContentLength: bytes.length,
      ContentMD5: Buffer.from(md5, 'hex').toString('base64'),
    });
    const answer = await this.client.send(command, abortable(signal));
    return {
      etag: answer.ETag,
      encryption: answer.ServerSideEncryption,
      hasCustomerKey: answer.SSECustomerAlgorithm !== undefined,
      requestId: answer.$metadata.requestId,
    };
  }
}

/** Encryption and access rights that the remote's settings ask for. */
function putOptions(remote: S3Remote): Partial<PutObjectCommandInput> {
  return {
    ...readOptions(remote),
    ...present({
      ServerSideEncryption: remote.sse as PutObjectCommandInput['ServerSideEncryption'],
      SSEKMSKeyId: remote.sseKmsKeyId,
      ACL: remote.acl as PutObjectCommandInput['ACL'],
      GrantRead: remote.grantRead,
      GrantReadACP: remote.grantReadAcp,
      GrantWriteACP: remote.grantWriteAcp,
      GrantFullControl: remote.grantFullControl,
    }),
  };
}

/** The customer's own key has to come with every read, too. */
function readOptions({ sseCustomerKey, sseCustomerAlgorithm }: S3Remote): Partial<GetObjectCommandInput> {
  if (sseCustomerKey === undefined) return {};
  return { SSECustomerKey: sseCustomerKey, SSECustomerAlgorithm: sseCustomerAlgorithm ?? 'AES256' };
}

function present<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function abortable(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}
