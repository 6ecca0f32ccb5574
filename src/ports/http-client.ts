interface HttpPost {
  readonly url: string;
  readonly body: Buffer;
  /** Content type. */
  readonly type: string;
  readonly signal: AbortSignal;
}

/** Sends a request, once. Whatever the status: that is an answer. Throws Error when none comes. */
export type HttpClient = (request: HttpPost) => Promise<{ readonly status: number; readonly body: Buffer }>;
