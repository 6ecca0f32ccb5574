import type { AnswerHeaders } from './response-reader.js';

/** Smaller differences are within what every server tolerates (15 minutes), and may be just a slow answer. */
const TOLERATED_MS = 240_000;

/** The server's time, learned from its answers: a request signed by a clock that is wrong is refused. */
export class ServerClock {
  private offset = 0;

  /** Unix milliseconds. */
  now(): number {
    return Date.now() + this.offset;
  }

  /** True if a request signed at `signedAt` used a time that this answer shows to be wrong. */
  learn(headers: AnswerHeaders, signedAt: number): boolean {
    // Whoever kept the answer for a while kept its date, too.
    if (headers.date === undefined || headers.age !== undefined) return false;
    const server = Date.parse(headers.date);
    if (Number.isNaN(server)) return false;
    const offset = server - Date.now();
    this.offset = Math.abs(offset) < TOLERATED_MS ? 0 : offset;
    return Math.abs(server - signedAt) >= TOLERATED_MS;
  }
}
