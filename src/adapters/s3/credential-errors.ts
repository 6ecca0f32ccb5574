import { EXIT, type ExitCode, WmsError } from '../../errors.js';
import { type CredentialsSource, describeSource } from './credentials.js';
import type { Failure } from './failure.js';

/** What texts about credentials may name. */
export interface CredentialsContext {
  /** Completes "no credentials for …". */
  readonly subject: string;
  /** Address of the server, for people. */
  readonly server: string;
  readonly source: CredentialsSource;
  /** Completes "set the clock, then …". */
  readonly again: string;
}

/** One kind of failure with its text. */
export interface Row<Context> {
  readonly kind: string;
  readonly code: ExitCode;
  readonly when: (failure: Failure) => boolean;
  readonly what: (context: Context, failure: Failure) => string;
  readonly why: (context: Context, failure: Failure) => string;
  readonly next: (context: Context, failure: Failure) => string;
}

export const named =
  (...names: string[]) =>
  (failure: Failure) =>
    names.includes(failure.name);
export const said = (pattern: RegExp) => (failure: Failure) => pattern.test(failure.message);

/** The error of the first row that fits; undefined when none does. */
export function told<Context>(
  rows: readonly Row<Context>[],
  failure: Failure,
  context: Context,
): WmsError | undefined {
  const row = rows.find(({ when }) => when(failure));
  if (row === undefined) return undefined;
  return new WmsError({
    kind: row.kind,
    code: row.code,
    what: row.what(context, failure),
    why: row.why(context, failure),
    next: row.next(context, failure),
  });
}

/** All services of AWS refuse credentials alike. The rows that look into the message stand before those that read the name. */
export const CREDENTIAL_ROWS: readonly Row<CredentialsContext>[] = [
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
    what: ({ subject }) => `A policy forbids you to use ${subject}.`,
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
    what: ({ subject }) => `There are no credentials for ${subject}.`,
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
    next: ({ again }) => `Set the clock (switch on automatic time), then ${again}.`,
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
];

export function login({ source }: CredentialsContext): string {
  if (source.from === 'dvc-config')
    return 'Correct access_key_id and secret_access_key in .dvc/config.local.';
  if (source.from === 'environment') return 'Set or unset those environment variables, or run: npx wms login';
  return `npx wms login${profileOption(source)}`;
}

function profileOption(source: CredentialsSource): string {
  return source.from === 'profile' && source.profile !== 'default' ? ` --profile ${source.profile}` : '';
}
