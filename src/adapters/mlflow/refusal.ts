import { isInterrupted, isTls, isUnreachable, type NetworkFailure, systemCode } from '../network-failure.js';
import type { HttpAnswer } from './http.js';

/** Why a request did not succeed: what the network, a proxy or MLflow said. */
export interface Refusal extends NetworkFailure {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** MLflow's own name for the error; null when the answer is not MLflow's. */
  readonly errorCode: string | null;
  readonly contentType: string;
  /** Where a redirect leads; empty when it is none. */
  readonly location: string;
}

export class RefusedError extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

/** What the network said. */
export function refusalOfNetwork(error: unknown): Refusal {
  const { name, message: said } = error instanceof Error ? error : new Error(String(error));
  const message = /wrong version number/.test(said)
    ? 'What answers there does not speak TLS.'
    : said.replace(/\s+/g, ' ').trim();
  // Node says so when a body is cut, without any code.
  const code = systemCode(error) || (message === 'aborted' ? 'ECONNRESET' : '');
  return { name, code, message, status: 0, errorCode: null, contentType: '', location: '' };
}

/** An answer that is not a success, or not what a success looks like. */
export function refusalOfAnswer({ status, headers, body }: HttpAnswer): Refusal {
  const text = body.toString('utf8');
  const parsed = parse(text);
  const errorCode = typeof parsed?.error_code === 'string' ? parsed.error_code : null;
  const said = parsed?.message ?? parsed?.detail ?? text.replace(/<[^>]*>/g, ' ');
  return {
    name: 'RefusedError',
    code: '',
    message: String(said).replace(/\s+/g, ' ').trim().slice(0, 400),
    status,
    errorCode,
    contentType: String(headers['content-type'] ?? '').split(';')[0] ?? '',
    location: String(headers.location ?? ''),
  };
}

/** The answer said that all went well, but its body is cut or is no JSON. */
export function brokenAnswer(answer: HttpAnswer): Refusal {
  const refusal = refusalOfAnswer(answer);
  if (!/json/.test(refusal.contentType)) return refusal;
  return { ...refusal, code: 'ERR_STREAM_PREMATURE_CLOSE', message: 'The answer was cut.' };
}

function parse(text: string): { error_code?: unknown; message?: unknown; detail?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}

export function areArtifactsOff({ status, message }: Refusal): boolean {
  return status === 503 && /serve-artifacts|artifact serving/i.test(message);
}

/** Too much to do just now; MLflow on SQLite says so when two write at the same time. */
export function isBusy(refusal: Refusal): boolean {
  const { status, errorCode, message } = refusal;
  if (areArtifactsOff(refusal)) return false;
  return (
    status === 429 ||
    status === 503 ||
    errorCode === 'TEMPORARILY_UNAVAILABLE' ||
    (status >= 500 && /database is locked/i.test(message))
  );
}

export function isServerError(refusal: Refusal): boolean {
  return refusal.status >= 500 && refusal.status !== 501 && !areArtifactsOff(refusal);
}

/** Another attempt may succeed without anybody doing anything. */
export function isTransient(refusal: Refusal): boolean {
  if (isTls(refusal)) return false;
  return isUnreachable(refusal) || isInterrupted(refusal) || isBusy(refusal) || isServerError(refusal);
}

/** The request may have been carried out all the same. */
export function isAmbiguous(refusal: Refusal): boolean {
  return isTransient(refusal) && !(isUnreachable(refusal) && refusal.code !== 'ETIMEDOUT');
}
