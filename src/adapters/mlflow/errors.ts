import { EXIT, type ExitCode, isWmsError, WmsError } from '../../errors.js';
import { isInterrupted, isTls, isUnreachable } from '../network-failure.js';
import { areArtifactsOff, isBusy, isServerError, type Refusal, RefusedError } from './refusal.js';
import type { MlflowServer } from './server.js';

interface Row {
  readonly kind: string;
  readonly code: ExitCode;
  readonly when: (refusal: Refusal, server: MlflowServer) => boolean;
  readonly what: (server: MlflowServer, refusal: Refusal) => string;
  readonly why: (server: MlflowServer, refusal: Refusal) => string;
  readonly next: (server: MlflowServer, refusal: Refusal) => string;
}

const VARIABLES = 'MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN';
const host = ({ url }: MlflowServer) => new URL(url).host;
const isMlflows = ({ errorCode }: Refusal) => errorCode !== null;

/** The first row that fits decides. */
const ROWS: readonly Row[] = [
  {
    kind: 'tracking/wrong-host',
    code: EXIT.network,
    when: ({ status, message }) => status === 403 && /invalid host header/i.test(message),
    what: (server) => `The MLflow server does not answer to the name ${host(server)}.`,
    why: () => 'Since 3.5 it answers only to names that it was told, with the port ("Invalid Host header").',
    next: (server) =>
      `Start the server with --allowed-hosts "${host(server)},localhost:*,127.0.0.1:*", or use an address that it knows.`,
  },
  {
    kind: 'tracking/credentials-missing',
    code: EXIT.credentials,
    when: ({ status }, { authorization }) => status === 401 && authorization === null,
    what: ({ url }) => `${url} wants to know who you are.`,
    why: () => `No credentials were sent: none of ${VARIABLES} is set.`,
    next: () => `Set ${VARIABLES}.`,
  },
  {
    kind: 'tracking/credentials-wrong',
    code: EXIT.credentials,
    when: ({ status }) => status === 401,
    what: ({ url }) => `${url} does not accept the credentials.`,
    why: (_, { message }) => message,
    next: () => `Correct ${VARIABLES}.`,
  },
  {
    kind: 'tracking/not-allowed',
    code: EXIT.credentials,
    when: ({ status, errorCode }) => status === 403 || errorCode === 'PERMISSION_DENIED',
    what: ({ url }) => `You are not allowed to do this on ${url}.`,
    why: (_, { message }) => message,
    next: () => 'Ask whoever runs the server for permission on the experiment and the registered model.',
  },
  {
    kind: 'tracking/tls',
    code: EXIT.network,
    when: isTls,
    what: (server) => `No secure connection to ${host(server)}.`,
    why: (_, { message, code }) => `${message}${code && !message.includes(code) ? ` (${code})` : ''}`,
    next: () =>
      'Check http:// or https:// in the address. For a private certificate authority set MLFLOW_TRACKING_SERVER_CERT_PATH to its file.',
  },
  {
    kind: 'tracking/unreachable',
    code: EXIT.network,
    when: isUnreachable,
    what: ({ url }) => `${url} cannot be reached.`,
    why: (server, { message, code }) =>
      code === 'ECONNREFUSED'
        ? `Nothing answers there (${code}).`
        : code === 'ENOTFOUND'
          ? `There is no machine of the name ${new URL(server.url).hostname} (${code}).`
          : message,
    next: ({ namedBy }) => `Start the server, or correct ${namedBy}; then: npx wms mlflow check`,
  },
  {
    kind: 'tracking/interrupted',
    code: EXIT.network,
    when: isInterrupted,
    what: ({ url }) => `The connection to ${url} broke off.`,
    why: (_, { message }) => message,
    next: () => 'Run the command again. When it goes on: npx wms mlflow check',
  },
  {
    kind: 'tracking/artifacts-off',
    code: EXIT.network,
    when: areArtifactsOff,
    what: ({ url }) => `${url} does not serve artifacts.`,
    why: (_, { message }) => message,
    next: () => 'Start the server with --serve-artifacts --artifacts-destination <directory or s3://…>.',
  },
  {
    kind: 'tracking/busy',
    code: EXIT.network,
    when: isBusy,
    what: ({ url }) => `${url} has too much to do.`,
    why: (_, { status, message }) => `It went on answering ${status}: ${message}`,
    next: () =>
      'Wait a minute and run the command again. SQLite takes one writer at a time: give the server a PostgreSQL database.',
  },
  {
    kind: 'tracking/server-error',
    code: EXIT.network,
    when: isServerError,
    what: ({ url }) => `${url} failed.`,
    why: (_, { status, message }) => `It answered ${status}: ${message || 'nothing more'}`,
    next: () => "Look into the server's log; then run the command again.",
  },
  {
    kind: 'tracking/redirected',
    code: EXIT.network,
    when: ({ status }) => status >= 300 && status < 400,
    what: ({ url }) => `${url} sends us elsewhere.`,
    why: (_, { status, location }) => `It answered ${status} with the address ${withoutQuery(location)}.`,
    next: ({ namedBy }) =>
      `Set ${namedBy} to the address that does not redirect; a login page in front of MLflow cannot be used.`,
  },
  {
    kind: 'tracking/not-mlflow',
    code: EXIT.network,
    when: (refusal) => !isMlflows(refusal),
    what: ({ url }) => `What answers at ${url} is not MLflow.`,
    why: (_, { status, contentType, message }) =>
      `It answered ${status} ${contentType || 'without a type'}: ${message.slice(0, 120) || 'nothing'}`,
    next: ({ namedBy }) =>
      `Check port and path of ${namedBy}; log in to the network, if it has a login page.`,
  },
];

/** Every failure of a request as a WmsError with its own text; what is one already passes unchanged. */
export function mlflowError(server: MlflowServer, error: unknown): unknown {
  if (isWmsError(error) || !(error instanceof RefusedError)) return error;
  const { refusal } = error;
  const row = ROWS.find(({ when }) => when(refusal, server));
  return new WmsError({
    kind: row?.kind ?? 'tracking/refused',
    code: row?.code ?? EXIT.network,
    what: row?.what(server, refusal) ?? `${server.url} refused the request.`,
    why: row?.why(server, refusal) ?? `${refusal.errorCode}: ${refusal.message}`,
    next: row?.next(server, refusal) ?? "Look into the server's log; npx wms mlflow check tests the basics.",
    cause: error,
  });
}

/** The server does not have what was asked for: MLflow said so itself, not some page on the way. */
export function isMissing(error: unknown): boolean {
  return isRefused(error, 'RESOURCE_DOES_NOT_EXIST');
}

export function isRefused(error: unknown, errorCode: string): boolean {
  return refusalOf(error)?.errorCode === errorCode;
}

export function refusalOf(error: unknown): Refusal | null {
  const cause = isWmsError(error) ? error.cause : error;
  return cause instanceof RefusedError ? cause.refusal : null;
}

/** An answer of a server that speaks another dialect. */
export function notUnderstood({ url }: MlflowServer, path: string, why: string): WmsError {
  return new WmsError({
    kind: 'tracking/not-understood',
    code: EXIT.network,
    what: `${url} answered ${path} in a way that wms does not understand.`,
    why,
    next: 'wms knows MLflow 2.9 to 3.17: compare with the version of the server.',
  });
}

/** `version` is what the server says of itself. */
export function tooOld({ url }: MlflowServer, version: string, cause: unknown): WmsError {
  return new WmsError({
    kind: 'tracking/too-old',
    code: EXIT.network,
    what: `${url} runs MLflow ${version}, which is too old.`,
    why: 'Names for model versions (aliases) need 2.9 or newer.',
    next: 'Upgrade the server.',
    cause,
  });
}

function withoutQuery(location: string): string {
  return location.replace(/\?.*$/s, '?…').replace(/\/\/[^/@]*@/, '//');
}
