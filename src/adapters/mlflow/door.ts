import * as z from 'zod';
import { isWmsError } from '../../errors.js';
import type { Timing } from '../../ports/timing.js';
import { isUnreachable } from '../network-failure.js';
import { type Verdict, withRetries } from '../retry.js';
import { mlflowError, notUnderstood, tooOld } from './errors.js';
import type { HttpAnswer, HttpRequest, Send } from './http.js';
import {
  brokenAnswer,
  isBusy,
  isServerError,
  isTransient,
  RefusedError,
  refusalOfAnswer,
  refusalOfNetwork,
} from './refusal.js';
import type { MlflowServer } from './server.js';

export interface Call {
  readonly method: HttpRequest['method'];
  /** Below the server's URL, encoded where needed: `api/2.0/mlflow/runs/get`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON; bytes as they are. */
  readonly body?: object;
  /** True: carried out twice it does no more than once, so it is tried again. */
  readonly repeatable: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** Longest silence of a connection, milliseconds. */
const SILENCE = 60_000;
/** Longest time from the first attempt on, milliseconds. */
const DEADLINE = 120_000;
/** The same, for failures that seldom pass: a server that has never answered, and an error of its own. */
const SHORT_DEADLINE = 8_000;
const OLDEST = [2, 9] as const;

/** The one door to an MLflow server. Whatever comes out of it as an error is a WmsError `tracking/…`. */
export class MlflowDoor {
  readonly url: string;
  private hasAnswered = false;

  constructor(
    readonly server: MlflowServer,
    private readonly send: Send,
    readonly timing: Timing,
  ) {
    this.url = server.url;
  }

  /** The answer as JSON of that shape. */
  async json<T>(shape: z.ZodType<T>, call: Call): Promise<T> {
    const value = await this.attempt(call, (answer) => {
      try {
        return JSON.parse(answer.body.toString('utf8')) as unknown;
      } catch {
        throw new RefusedError(brokenAnswer(answer));
      }
    });
    const parsed = shape.safeParse(value);
    if (parsed.success) return parsed.data;
    throw notUnderstood(this.server, call.path, z.prettifyError(parsed.error));
  }

  bytes(call: Call): Promise<Buffer> {
    return this.attempt(call, ({ body }) => body);
  }

  private async attempt<T>(call: Call, read: (answer: HttpAnswer) => T): Promise<T> {
    const judge = (error: unknown): Verdict => (call.repeatable ? this.judge(error) : { retry: 'no' });
    try {
      const { timing } = this;
      return await withRetries(() => this.once(call, read), { timing, judge, signal: call.signal });
    } catch (error) {
      call.signal?.throwIfAborted();
      throw mlflowError(this.server, error);
    }
  }

  private async once<T>(call: Call, read: (answer: HttpAnswer) => T): Promise<T> {
    const answer = await this.send(this.request(call)).catch((error: unknown) => {
      call.signal?.throwIfAborted();
      throw new RefusedError(refusalOfNetwork(error));
    });
    this.hasAnswered = true;
    if (answer.status >= 200 && answer.status < 300) return read(answer);
    const refused = new RefusedError(refusalOfAnswer(answer));
    const { status, errorCode } = refused.refusal;
    if (errorCode === null && (status === 404 || status === 405)) await this.explainUnknown(refused);
    throw refused;
  }

  /** The server does not know what every MLflow of these years knows: perhaps it is older. */
  private async explainUnknown(refused: RefusedError): Promise<void> {
    const call: Call = { method: 'GET', path: 'version', repeatable: false };
    const answer = await this.send(this.request(call)).catch(() => null);
    const version = answer?.status === 200 ? answer.body.toString('utf8').trim() : '';
    const [, major, minor] = /^(\d+)\.(\d+)\.\S{1,20}$/.exec(version) ?? [];
    if (major === undefined) return;
    const isOld = Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
    if (isOld) throw tooOld(this.server, version, refused);
  }

  private request({ method, path, query = {}, body, signal }: Call): HttpRequest {
    const { authorization } = this.server;
    const isRaw = Buffer.isBuffer(body);
    const url = new URL(`${this.url}/${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return {
      method,
      url,
      headers: {
        'user-agent': 'wms-hooks',
        ...(authorization === null ? {} : { authorization }),
        ...(body === undefined
          ? {}
          : { 'content-type': isRaw ? 'application/octet-stream' : 'application/json' }),
      },
      body: body === undefined ? undefined : isRaw ? body : Buffer.from(JSON.stringify(body)),
      silence: SILENCE,
      signal,
    };
  }

  private judge(error: unknown): Verdict {
    if (isWmsError(error) || !(error instanceof RefusedError)) return { retry: 'no' };
    const { refusal } = error;
    if (!isTransient(refusal)) return { retry: 'no' };
    const seldomPasses =
      (isUnreachable(refusal) && !this.hasAnswered) || (isServerError(refusal) && !isBusy(refusal));
    return { retry: 'later', deadline: seldomPasses ? SHORT_DEADLINE : DEADLINE };
  }
}
