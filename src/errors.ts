/** Exit codes of every command; DESIGN: "Commands". */
export const EXIT = {
  done: 0,
  published: 1,
  usage: 2,
  images: 3,
  credentials: 4,
  network: 5,
  conflict: 6,
  gateNotBetter: 10,
  gateUndecided: 11,
  sessionInUse: 12,
  bug: 70,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface WmsErrorParts {
  /** Stable identifier for programs and tests, e.g. `store/object-missing`. */
  readonly kind: string;
  readonly code: ExitCode;
  /** What failed, naming the thing. One line. */
  readonly what: string;
  /** The reason, when it is known. May have several lines (one per file, say). */
  readonly why?: string;
  /** The next command or action for the person. */
  readonly next?: string;
  readonly cause?: unknown;
}

/** An error that a user can cause or meet. Anything else that is thrown is a bug (exit code 70). */
export class WmsError extends Error {
  readonly kind: string;
  readonly code: ExitCode;
  readonly why: string | undefined;
  readonly next: string | undefined;

  constructor(parts: WmsErrorParts) {
    super(parts.what, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = 'WmsError';
    this.kind = parts.kind;
    this.code = parts.code;
    this.why = parts.why;
    this.next = parts.next;
  }
}

export function isWmsError(error: unknown, kind?: string): error is WmsError {
  return error instanceof WmsError && (kind === undefined || error.kind === kind);
}

/** The same error in other words; what is not given stays as it is. */
export function retold(
  error: WmsError,
  words: Partial<Pick<WmsErrorParts, 'what' | 'why' | 'next'>>,
): WmsError {
  const { kind, code, message, why, next } = error;
  const told = { ...(why === undefined ? {} : { why }), ...(next === undefined ? {} : { next }) };
  return new WmsError({ kind, code, what: message, ...told, ...words, cause: error });
}

/** An error as files and `--json` hold it. */
export interface ToldError {
  readonly kind: string;
  readonly exitCode: number;
  readonly what: string;
  readonly why: string | null;
  readonly next: string | null;
}

export function tellError(error: unknown): ToldError {
  const { kind, code, message, why, next } =
    error instanceof WmsError ? error : new WmsError({ kind: 'bug', code: EXIT.bug, what: String(error) });
  return { kind, exitCode: code, what: message, why: why ?? null, next: next ?? null };
}

/** The error that `tellError` told, on the other side of a file or a thread. */
export function untellError({ kind, exitCode, what, why, next }: ToldError): WmsError {
  return new WmsError({
    kind,
    code: exitCode as ExitCode,
    what,
    ...(why === null ? {} : { why }),
    ...(next === null ? {} : { next }),
  });
}
