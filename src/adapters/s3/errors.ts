import { EXIT, isWmsError, WmsError } from '../../errors.js';
import { isInterrupted, isTls, isUnreachable } from '../network-failure.js';
import { CREDENTIAL_ROWS, named, type Row, told } from './credential-errors.js';
import type { CredentialsSource } from './credentials.js';
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

const AGAIN = 'Push again: what is stored already is kept.';
const ROWS: readonly Row<ErrorContext>[] = [
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
  const { url, server, source } = context;
  const credentials = { subject: `the store ${url}`, server, source, again: 'push again' };
  return (
    told(CREDENTIAL_ROWS, failure, credentials) ?? told(ROWS, failure, context) ?? unlisted(failure, context)
  );
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
