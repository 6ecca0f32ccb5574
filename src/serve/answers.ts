import { isWmsError, type WmsError } from '../errors.js';
import type { HttpAnswer } from '../ports/http-server.js';

const STATUS: Readonly<Record<string, number>> = {
  'serve/not-an-image': 415,
  'serve/unreadable-image': 400,
  'serve/too-many-pixels': 413,
  'serve/bad-request': 400,
  'serve/no-such-model': 404,
  'thread/ended': 503,
};

/** Bodies of errors: `error` is a sentence, as the Open Inference Protocol has it. */
function refusal(status: number, error: string, more: object = {}): HttpAnswer {
  return json({ error, ...more }, status);
}

export function json(value: unknown, status = 200): HttpAnswer {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n` };
}

/** Of a request that a variant did not answer with a mask: `refused` is the client's fault. */
export function outcomeOf(error: unknown): 'refused' | 'failed' {
  return isWmsError(error) && (STATUS[error.kind] ?? 500) < 500 ? 'refused' : 'failed';
}

/** @param status that is right when the error is none of ours */
export function answerError(status: number, error: unknown): HttpAnswer {
  if (isWmsError(error))
    return refusal(STATUS[error.kind] ?? 500, sentence(error), { kind: error.kind, next: error.next });
  if (status === 413)
    return refusal(413, 'The request is too large', {
      next: 'Send less, or raise serve.maxBodyMB in wms.config.json.',
    });
  // What a library or a bug says at 500 is not for clients.
  return refusal(
    status,
    status >= 500 ? 'This is a bug in wms, not a mistake of yours' : (error as Error).message,
  );
}

export function busy(seconds: number, why: string): HttpAnswer {
  return {
    ...refusal(503, why, { next: `Try again in ${seconds} s.` }),
    headers: { 'retry-after': String(seconds) },
  };
}

function sentence({ message, why }: WmsError): string {
  return why === undefined ? message : `${message}: ${why}`;
}
