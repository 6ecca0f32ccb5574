/** What stands between a photo and its mask, for people. */
export interface Trouble {
  readonly what: string;
  readonly next: string;
  /** Whether the same photo may be answered another time. */
  readonly mayPass: boolean;
  /** After that many seconds it is asked again; null: not by itself. */
  readonly retrySeconds: number | null;
}

const LONGEST_RETRY_SECONDS = 60;

const HEADLINES: Readonly<Record<number, string>> = {
  400: 'This photo cannot be read',
  404: 'This model is not served any more',
  413: 'This photo is too large',
  415: 'This is no photo that can be read',
  503: 'The server is busy',
};

/** @param body of the answer, as far as it is JSON */
export function troubleOf(status: number, body: unknown, retryAfter: string | null): Trouble {
  const told = body !== null && typeof body === 'object' ? (body as Record<string, unknown>) : {};
  const text = (value: unknown) => (typeof value === 'string' ? sentence(value) : '');
  return {
    what: HEADLINES[status] ?? `The server could not answer (${status})`,
    // When it is busy, this page does itself what the server says next.
    next: [text(told.error), status === 503 ? '' : text(told.next)].filter((part) => part !== '').join(' '),
    mayPass: status >= 500 || status === 404,
    retrySeconds: status === 503 ? waitOf(retryAfter) : null,
  };
}

function waitOf(retryAfter: string | null): number {
  const seconds = Number(retryAfter ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.min(Math.max(1, Math.ceil(seconds)), LONGEST_RETRY_SECONDS) : 1;
}

export const UNREACHABLE: Trouble = {
  what: 'The server does not answer',
  next: 'Is wms serve still running, and is this device still on its network?',
  mayPass: true,
  retrySeconds: null,
};

/** Told before anything is sent: a server that stops reading looks like one that is gone. */
export function tooLarge(bytes: number, maxMB: number): Trouble | null {
  if (bytes <= maxMB * 1e6) return null;
  return {
    what: HEADLINES[413] as string,
    next: `It has ${(bytes / 1e6).toFixed(1)} MB, and this server takes ${maxMB} MB. Send it smaller, or raise serve.maxBodyMB in wms.config.json.`,
    mayPass: false,
    retrySeconds: null,
  };
}

/** `12.4 %` */
export function shareText(share: number): string {
  if (share > 0 && share < 0.001) return '< 0.1 %';
  return `${(share * 100).toFixed(1)} %`;
}

/** `84 ms`, `1.2 s` */
export function timeText(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

export function scoreText(score: number | null): string {
  return score === null ? '–' : score.toFixed(2);
}

function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
