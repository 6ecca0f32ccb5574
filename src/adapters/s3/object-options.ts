import type { GetObjectCommandInput, PutObjectCommandInput } from '@aws-sdk/client-s3';
import type { S3Remote } from '../../config/dvc-s3-remote.js';

/** Encryption and access rights that the remote's settings ask for. */
export function putOptions(remote: S3Remote): Partial<PutObjectCommandInput> {
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
export function readOptions({
  sseCustomerKey,
  sseCustomerAlgorithm,
}: S3Remote): Partial<GetObjectCommandInput> {
  if (sseCustomerKey === undefined) return {};
  return { SSECustomerKey: sseCustomerKey, SSECustomerAlgorithm: sseCustomerAlgorithm ?? 'AES256' };
}

function present<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}
