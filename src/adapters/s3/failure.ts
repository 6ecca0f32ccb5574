import { isInterrupted, isTls, isUnreachable, type NetworkFailure, systemCode } from '../network-failure.js';

/** What can be known about a failed request, without anything secret. */
export interface Failure extends NetworkFailure {
  /** S3's or the SDK's name for it; `Error` when the network failed before any answer. */
  readonly name: string;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly bucketRegion: string | undefined;
  readonly isClockCorrected: boolean;
  /** The answer has what every S3 puts into it, so it is not a page of some proxy. */
  readonly isFromS3: boolean;
}

interface SdkError {
  name?: unknown;
  Code?: unknown;
  message?: unknown;
  $metadata?: { httpStatusCode?: number; requestId?: string; clockSkewCorrected?: boolean };
  $response?: { statusCode?: number; headers?: Record<string, string> };
}

/** `secrets` are blanked out wherever they occur in the message. */
export function failureOf(error: unknown, secrets: readonly string[] = []): Failure {
  const sdk = (typeof error === 'object' && error !== null ? error : {}) as SdkError;
  let message = String(sdk.message ?? error);
  for (const secret of secrets) message = message.replaceAll(secret, '…');
  return {
    name: String(sdk.name ?? 'Error'),
    status: sdk.$metadata?.httpStatusCode ?? sdk.$response?.statusCode ?? 0,
    code: codeOf(sdk),
    message: message
      .replace(/^@\S+ - /, '')
      .replace(/\s+/g, ' ')
      .slice(0, 500),
    bucketRegion: sdk.$response?.headers?.['x-amz-bucket-region'],
    isClockCorrected: sdk.$metadata?.clockSkewCorrected === true,
    isFromS3: sdk.Code !== undefined || sdk.$metadata?.requestId !== undefined,
  };
}

/** The SDK tells some failures of the network in words only. */
function codeOf(error: SdkError): string {
  const code = systemCode(error);
  if (code !== '') return code;
  if (/did not establish a connection/i.test(String(error.message))) return 'ETIMEDOUT';
  return /aborted|socket hang up|premature close/i.test(String(error.message)) ? 'ECONNRESET' : '';
}

const BUSY = [
  'SlowDown',
  'ServiceUnavailable',
  'TooManyRequests',
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
];
/** The request was sound, but got damaged, arrived late, or met another one for the same object. */
const UNLUCKY = [
  'RequestTimeout',
  'BadDigest',
  'IncompleteBody',
  'ConditionalRequestConflict',
  'OperationAborted',
];

export function isBusy({ name, status }: Failure): boolean {
  return BUSY.includes(name) || status === 503 || status === 429;
}

/** Another attempt may succeed without anybody doing anything. */
export function isTransient(failure: Failure): boolean {
  if (isTls(failure)) return false;
  return (
    isUnreachable(failure) ||
    isInterrupted(failure) ||
    isBusy(failure) ||
    UNLUCKY.includes(failure.name) ||
    failure.status === 409 ||
    (failure.status >= 500 && failure.status !== 501)
  );
}

/** The object is not there; a bucket that is not there is another matter. */
export function isMissing({ name, isFromS3 }: Failure): boolean {
  return isFromS3 && (name === 'NoSuchKey' || name === 'NotFound');
}

/** A page that some proxy or hotel network put in the server's place. */
export function isForeign({ status, isFromS3 }: Failure): boolean {
  return status >= 300 && status < 500 && !isFromS3;
}

const WRONG_REGION = [
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
];

export function isWrongRegion({ name, status }: Failure): boolean {
  return WRONG_REGION.includes(name) || status === 301;
}

/** The server does not know conditional writes. */
export function isConditionRefused({ name, status, message }: Failure): boolean {
  return status === 501 || name === 'NotImplemented' || (status === 400 && /if-(none-)?match/i.test(message));
}
