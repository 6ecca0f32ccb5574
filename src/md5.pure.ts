import { hash } from 'node:crypto';

/** 32 hex digits. */
export function md5Of(bytes: Uint8Array): string {
  return hash('md5', bytes);
}
