export interface WatchdogLimits {
  /** Milliseconds without a sign of life. */
  readonly stall: number;
  /** Milliseconds for everything; null: no limit. */
  readonly total: number | null;
}

export type Alarm =
  | { readonly kind: 'stalled'; readonly silentFor: number }
  | { readonly kind: 'too-long'; readonly ranFor: number };

/** Decides whether a command still lives. All times in milliseconds on one clock. */
export class Watchdog {
  private lastSign: number;

  constructor(
    private readonly limits: WatchdogLimits,
    private readonly startedAt: number,
  ) {
    this.lastSign = startedAt;
  }

  /** Output, or a metric that was not there before. */
  sign(now: number): void {
    this.lastSign = now;
  }

  /** Milliseconds until there can be an alarm. */
  rest(now: number): number {
    const { stall, total } = this.limits;
    const left = total === null ? Number.POSITIVE_INFINITY : this.startedAt + total - now;
    return Math.max(0, Math.min(this.lastSign + stall - now, left));
  }

  alarm(now: number): Alarm | null {
    const { stall, total } = this.limits;
    const ranFor = now - this.startedAt;
    if (total !== null && ranFor >= total) return { kind: 'too-long', ranFor };
    const silentFor = now - this.lastSign;
    return silentFor >= stall ? { kind: 'stalled', silentFor } : null;
  }
}
