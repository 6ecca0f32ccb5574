/** Why a request got no answer, or only a part of one. */
export interface NetworkFailure {
  /** Name of the error. */
  readonly name: string;
  /** System or TLS code, e.g. `ECONNREFUSED`; empty when there is none. */
  readonly code: string;
  readonly message: string;
}

const NOT_FOUND = [
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'ETIMEDOUT',
];
const INTERRUPTED = ['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE'];

export function isUnreachable({ code }: NetworkFailure): boolean {
  return NOT_FOUND.includes(code);
}

export function isTls({ code, message }: NetworkFailure): boolean {
  return (
    /^ERR_(TLS|SSL)|CERT|SELF_SIGNED|UNABLE_TO_|^EPROTO$|HOSTNAME_MISMATCH/.test(code) ||
    /\bSSL\b/.test(message)
  );
}

export function isInterrupted({ name, code }: NetworkFailure): boolean {
  return INTERRUPTED.includes(code) || name === 'TimeoutError';
}

/** Code of the error, of its cause, or of the first of several that has one; empty when none has. */
export function systemCode(error: unknown): string {
  const { cause, errors = [] } = (error ?? {}) as { cause?: unknown; errors?: unknown[] };
  for (const candidate of [error, cause, ...errors]) {
    const code = (candidate as { code?: unknown } | null | undefined)?.code;
    if (typeof code === 'string') return code;
  }
  return '';
}
