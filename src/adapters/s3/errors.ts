import { EXIT, type ExitCode, isWmsError, WmsError } from '../../errors.js';
import { isInterrupted, isTls, isUnreachable } from '../network-failure.js';
import { type CredentialsSource, describeSource } from './credentials.js';
import { type Failure, failureOf, isBusy, isForeign, isWrongRegion } from './failure.js';

/** What error texts may name. */
export interface ErrorContext {
  /** `s3://bucket/prefix`. */
  readonly url: string;
  readonly bucket: string;
  /** Address of the server, for people. */
  readonly server: string;
  readonly region: string;
  readonly source: CredentialsSource;
  /** Values that no text may hold. */
  readonly secrets: readonly string[];
}

interface Row {
  readonly kind: string;
  readonly code: ExitCode;
  readonly when: (failure: Failure) => boolean;
  readonly what: (context: ErrorContext, failure: Failure) => string;
  readonly why: (context: ErrorContext, failure: Failure) => string;
  readonly next: (context: ErrorContext, failure: Failure) => string;
}

const AGAIN = 'Push again: what is stored already is kept.';
const named =
  (...names: string[]) =>
  (failure: Failure) =>
    names.includes(failure.name);
const said = (pattern: RegExp) => (failure: Failure) => pattern.test(failure.message);

/** The first row that fits decides: the ones that look into the message stand before those that read the name. */
const ROWS: readonly Row[] = [
  {
    kind: 'credentials/lab-ended',
    code: EXIT.credentials,
    when: said(/voc-cancel-cred/),
    what: () => 'The AWS Academy lab has ended.',
    why: () => 'Its credentials still exist, but the policy "voc-cancel-cred" now denies everything.',
    next: (context) => `Restart the lab, then paste its new credentials: ${login(context)}`,
  },
  {
    kind: 'credentials/denied',
    code: EXIT.credentials,
    when: said(/explicit deny/i),
    what: ({ url }) => `A policy forbids you to use the store ${url}.`,
    why: (_, { message }) => message,
    next: () => 'Ask the administrator of the AWS account to change that policy, or use another profile.',
  },
  {
    kind: 'credentials/sso-expired',
    code: EXIT.credentials,
    when: (failure) =>
      named('CredentialsProviderError', 'TokenProviderError')(failure) && /\bsso\b/i.test(failure.message),
    what: () => 'The single sign-on session has ended.',
    why: ({ source }) => `Credentials come from ${describeSource(source)}.`,
    next: ({ source }) => `aws sso login${profileOption(source)}`,
  },
  {
    kind: 'credentials/missing',
    code: EXIT.credentials,
    when: named('CredentialsProviderError', 'TokenProviderError'),
    what: ({ url }) => `There are no credentials for the store ${url}.`,
    why: ({ source }) => `Looked for them in ${describeSource(source)}.`,
    next: (context) => login(context),
  },
  {
    kind: 'credentials/expired',
    code: EXIT.credentials,
    when: named('ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired'),
    what: () => 'The credentials have expired.',
    why: ({ source }) => `They come from ${describeSource(source)} and were valid for a few hours only.`,
    next: (context) => `Get new ones (AWS Academy: AWS Details, AWS CLI), then: ${login(context)}`,
  },
  {
    kind: 'credentials/invalid-token',
    code: EXIT.credentials,
    when: named('InvalidToken'),
    what: () => 'The session token of the credentials is not valid.',
    why: ({ source }) => `It comes from ${describeSource(source)} and is cut off or belongs to another key.`,
    next: (context) => `Copy all three lines again, then: ${login(context)}`,
  },
  {
    kind: 'credentials/unknown-key',
    code: EXIT.credentials,
    when: named(
      'InvalidAccessKeyId',
      'InvalidClientTokenId',
      'UnrecognizedClientException',
      'XAdminUserNotFound',
    ),
    what: ({ server }) => `${server} does not know the access key.`,
    why: ({ source }) =>
      `The key comes from ${describeSource(source)}; it was deleted, or belongs to another server.`,
    next: (context) => login(context),
  },
  {
    kind: 'credentials/clock-skew',
    code: EXIT.credentials,
    when: (failure) =>
      named('RequestTimeTooSkewed', 'RequestExpired', 'RequestInTheFuture')(failure) ||
      said(/signature (expired|not yet current)/i)(failure),
    what: () => 'The clock of this machine is wrong.',
    why: ({ server }) => `It differs too much from the clock of ${server}, which refuses such requests.`,
    next: () => 'Set the clock (switch on automatic time), then push again.',
  },
  {
    kind: 'credentials/wrong-secret',
    code: EXIT.credentials,
    when: named('SignatureDoesNotMatch'),
    what: () => 'The secret access key is wrong.',
    why: ({ source }) =>
      `The key id is known, but the secret from ${describeSource(source)} does not belong to it.`,
    next: (context) => `Copy the secret again, complete, then: ${login(context)}`,
  },
  {
    kind: 'store/no-bucket',
    code: EXIT.network,
    when: named('NoSuchBucket'),
    what: ({ bucket }) => `The bucket ${bucket} does not exist.`,
    why: ({ server }) => `${server} has no bucket of that name.`,
    next: () => 'Correct the url of the remote in .dvc/config, or create the bucket.',
  },
  {
    kind: 'store/wrong-region',
    code: EXIT.network,
    when: isWrongRegion,
    what: ({ bucket, region }) => `The bucket ${bucket} is not in the region ${region}.`,
    why: (_, { bucketRegion, message }) => (bucketRegion ? `It is in ${bucketRegion}.` : message),
    next: (_, { bucketRegion }) =>
      `Write "region = ${bucketRegion ?? '<its region>'}" under the remote in .dvc/config.`,
  },
  {
    kind: 'store/not-s3',
    code: EXIT.network,
    when: isForeign,
    what: ({ url }) => `Something else than S3 answered for ${url}.`,
    why: (_, { status }) => `The answer (${status}) had neither an S3 error code nor a request id.`,
    next: () =>
      'Log in to the network, if it has a login page, or check endpointurl in .dvc/config. Then push again.',
  },
  {
    kind: 'credentials/not-allowed',
    code: EXIT.credentials,
    when: (failure) => failure.status === 403 || failure.status === 401 || named('AccessDenied')(failure),
    what: ({ url }) => `You have no permission to use the store ${url}.`,
    why: (_, { message }) =>
      `${message} (Without s3:ListBucket, a missing object is answered like this, too.)`,
    next: () => 'Ask for s3:GetObject and s3:PutObject on its objects and s3:ListBucket on the bucket.',
  },
  {
    kind: 'store/tls',
    code: EXIT.network,
    when: isTls,
    what: ({ server }) => `No secure connection to ${server}.`,
    why: (_, { message, code }) => `${message}${code && !message.includes(code) ? ` (${code})` : ''}`,
    next: () =>
      'Check http:// or https:// in endpointurl. For a private certificate authority set ssl_verify in .dvc/config to its file, or NODE_EXTRA_CA_CERTS.',
  },
  {
    kind: 'store/unreachable',
    code: EXIT.network,
    when: isUnreachable,
    what: ({ server }) => `${server} cannot be reached.`,
    why: (_, { message, code }) => (code === 'ECONNREFUSED' ? `Nothing answers there (${code}).` : message),
    next: () => 'Check the network and the endpointurl in .dvc/config, then push again.',
  },
  {
    kind: 'store/interrupted',
    code: EXIT.network,
    when: isInterrupted,
    what: ({ server }) => `The connection to ${server} broke off again and again.`,
    why: (_, { message }) => message,
    next: () => AGAIN,
  },
  {
    kind: 'store/busy',
    code: EXIT.network,
    when: isBusy,
    what: ({ server }) => `${server} has too much to do.`,
    why: (_, { name, status }) => `It went on answering ${name} (${status}).`,
    next: () => `Wait some minutes. ${AGAIN}`,
  },
  {
    kind: 'store/server-error',
    code: EXIT.network,
    when: ({ status }) => status >= 500,
    what: ({ server }) => `${server} failed.`,
    why: (_, { name, status, message }) => `${name} (${status}): ${message}`,
    next: () => AGAIN,
  },
];

/** Every failure of a request as a WmsError with its own text; what is one already passes unchanged. */
export function s3Error(error: unknown, context: ErrorContext): WmsError {
  if (isWmsError(error)) return error;
  const failure = failureOf(error, context.secrets);
  const row = ROWS.find(({ when }) => when(failure));
  if (row === undefined) return unlisted(failure, context);
  return new WmsError({
    kind: row.kind,
    code: row.code,
    what: row.what(context, failure),
    why: row.why(context, failure),
    next: row.next(context, failure),
  });
}

function unlisted({ name, status, message }: Failure, { url }: ErrorContext): WmsError {
  return new WmsError({
    kind: 'store/refused',
    code: EXIT.network,
    what: `The store ${url} refused a request.`,
    why: `${name}${status === 0 ? '' : ` (${status})`}: ${message}`,
    next: 'Check the remote in .dvc/config, then push again.',
  });
}

function login({ source }: ErrorContext): string {
  if (source.from === 'dvc-config')
    return 'Correct access_key_id and secret_access_key in .dvc/config.local.';
  if (source.from === 'environment') return 'Set or unset those environment variables, or run: npx wms login';
  return `npx wms login${profileOption(source)}`;
}

function profileOption(source: CredentialsSource): string {
  return source.from === 'profile' && source.profile !== 'default' ? ` --profile ${source.profile}` : '';
}
