export interface HttpRequest {
  /** Of the path: `/v2/models/:model` has `model`. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As it was sent; of a form (multipart), its first file. Empty where there is none. */
  readonly body: Buffer;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** Content type. */
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: 'GET' | 'POST';
  /** `:name` stands for one part. */
  readonly path: string;
  /**
   * Called before the body is read: a function that is called when the request has been answered or given up, or an
   * answer, for a request that is not let in.
   */
  readonly admit?: () => (() => void) | HttpAnswer;
  handle(request: HttpRequest): HttpAnswer | Promise<HttpAnswer>;
}

export interface HttpOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly maxBodyBytes: number;
  readonly routes: readonly Route[];
  /** The answer to what comes to no route, and to what `handle` throws. */
  refuse(status: number, error: unknown): HttpAnswer;
}

export interface HttpServer {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** Takes no new requests and resolves when those in flight are answered, or after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Throws WmsError `serve/cannot-listen` (exit code 2). */
export type OpenHttpServer = (options: HttpOptions) => Promise<HttpServer>;
