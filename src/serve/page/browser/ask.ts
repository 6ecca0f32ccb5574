import { type Trouble, troubleOf, UNREACHABLE } from './words.pure.js';

/** JSON of `POST /predict`. */
export interface Answer {
  readonly model: { readonly variant: string; readonly version: string };
  readonly width: number;
  readonly height: number;
  readonly score: number | null;
  readonly coverage: number;
  readonly milliseconds: number;
  /** PNG in base64. */
  readonly mask: string;
}

export type Reply =
  | { readonly answer: Answer; readonly trouble: null }
  | { readonly answer: null; readonly trouble: Trouble };

/**
 * Asks for the mask of a photo. Rejects only when `signal` is aborted.
 * @param variant to ask; empty: as the weights say
 */
export async function ask(photo: Blob, variant: string, signal: AbortSignal): Promise<Reply> {
  const headers = {
    accept: 'application/json',
    'content-type': photo.type || 'application/octet-stream',
    ...(variant === '' ? {} : { 'x-model-variant': variant }),
  };
  try {
    const response = await fetch('predict', { method: 'POST', body: photo, headers, signal });
    if (response.ok) return { answer: (await response.json()) as Answer, trouble: null };
    const body: unknown = await response.json().catch(() => null);
    return { answer: null, trouble: troubleOf(response.status, body, response.headers.get('retry-after')) };
  } catch (error) {
    if (signal.aborted) throw error;
    return { answer: null, trouble: UNREACHABLE };
  }
}

export async function maskOf({ mask }: Answer): Promise<Blob> {
  const bytes = Uint8Array.from(atob(mask), (character) => character.charCodeAt(0));
  return new Blob([bytes], { type: 'image/png' });
}
