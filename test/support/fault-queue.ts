export interface Injection<Fault, Operation extends string> {
  readonly fault: Fault;
  /** Default: all. */
  readonly operation?: Operation;
  /** Default: for ever. */
  readonly times?: number;
  /** Requests that are let through first. */
  readonly after?: number;
}

/** What a test server does wrong, and with which requests. */
export class FaultQueue<Fault, Operation extends string> {
  private injections: { injection: Injection<Fault, Operation>; seen: number }[] = [];

  inject(injection: Injection<Fault, Operation>): void {
    this.injections.push({ injection, seen: 0 });
  }

  clear(): void {
    this.injections = [];
  }

  next(operation: Operation): Fault | undefined {
    for (const entry of this.injections) {
      const {
        fault,
        operation: wanted = operation,
        times = Number.POSITIVE_INFINITY,
        after = 0,
      } = entry.injection;
      if (wanted !== operation) continue;
      entry.seen += 1;
      if (entry.seen > after && entry.seen <= after + times) return fault;
    }
    return undefined;
  }
}
