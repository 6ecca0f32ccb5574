import { isInterrupted, isTls, isUnreachable, type NetworkFailure, systemCode } from '../network-failure.js';

/** Why a request did not succeed: what the network or GitHub said. */
export interface Refusal extends NetworkFailure {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Seconds after which GitHub wants to be asked again; null: it did not say. */
  readonly retryAfter: number | null;
}

export class RefusedError extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

interface RequestFailure {
  readonly status?: unknown;
  readonly message?: unknown;
  readonly name?: unknown;
  readonly cause?: unknown;
  readonly response?: {
    readonly data?: unknown;
    readonly headers?: Record<string, string | number | undefined>;
  };
}

/** `now`: seconds since 1970. */
export function refusalOf(error: unknown, now: number): Refusal {
  const failure = (error ?? {}) as RequestFailure;
  const { response } = failure;
  const code = systemCode(failure.cause ?? error);
  if (response === undefined) {
    const message = String(failure.message ?? error);
    const name = code === 'UND_ERR_HEADERS_TIMEOUT' ? 'TimeoutError' : String(failure.name);
    const cut = code === 'UND_ERR_SOCKET' || message === 'terminated';
    return { name, code: cut ? 'ECONNRESET' : code, message, status: 0, retryAfter: null };
  }
  const headers = response.headers ?? {};
  const isSpent = String(headers['x-ratelimit-remaining']) === '0';
  const after = headers['retry-after'] ?? (isSpent ? Number(headers['x-ratelimit-reset']) - now : null);
  return {
    name: 'RefusedError',
    code: '',
    message: told(response.data) || String(failure.message),
    status: Number(failure.status),
    retryAfter: after === null || !Number.isFinite(Number(after)) ? null : Math.max(0, Number(after)),
  };
}

/** GitHub's sentence, and those of its single errors. */
function told(data: unknown): string {
  if (typeof data !== 'object' || data === null) return '';
  const { message = '', errors = [] } = data as { message?: unknown; errors?: unknown };
  const single = (Array.isArray(errors) ? errors : [errors]).map((each: unknown) =>
    typeof each === 'string' ? each : String((each as { message?: unknown } | null)?.message ?? ''),
  );
  return [String(message), ...single].filter((text) => text !== '').join('; ');
}

/** Asked too much: carried out nothing. */
export function isLimited({ status, retryAfter, message }: Refusal): boolean {
  if (status === 429) return true;
  return status === 403 && (retryAfter !== null || /rate limit/i.test(message));
}

/** Another attempt may succeed without anybody doing anything. */
export function isTransient(refusal: Refusal): boolean {
  if (isTls(refusal)) return false;
  return (
    isUnreachable(refusal) ||
    isInterrupted(refusal) ||
    isLimited(refusal) ||
    [500, 502, 503, 504].includes(refusal.status)
  );
}
