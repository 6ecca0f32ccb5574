import type { ToldError } from '../../errors.js';

export interface ToThread {
  readonly id: number;
  readonly job: unknown;
}

export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'failed'; readonly error: ToldError }
  | { readonly kind: 'done'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'refused'; readonly id: number; readonly error: ToldError; readonly sick: boolean };
