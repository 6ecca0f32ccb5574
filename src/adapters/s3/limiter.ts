/**
 * How many transfers run at the same time. A store that asks for less gets half as many; every full round without
 * such an answer allows one more, up to the maximum.
 */
export class AdaptiveLimiter {
  private limit: number;
  private running = 0;
  private sinceChange = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly maximum: number) {
    this.limit = maximum;
  }

  get current(): number {
    return this.limit;
  }

  async run<T>(job: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    await this.enter(signal);
    try {
      return await job();
    } finally {
      this.running -= 1;
      this.admit();
    }
  }

  /** The store answered that it is too much. Answers to requests already under way count once. */
  slowDown(): void {
    if (this.sinceChange < 0) return;
    this.limit = Math.max(1, Math.floor(this.limit / 2));
    this.sinceChange = -this.running;
  }

  /** A request ended; true when the store took it. */
  settled(ok: boolean): void {
    if (!ok && this.sinceChange >= 0) return;
    this.sinceChange += 1;
    if (this.sinceChange < this.limit || this.limit >= this.maximum) return;
    this.limit += 1;
    this.sinceChange = 0;
    this.admit();
  }

  private enter(signal: AbortSignal | undefined): Promise<void> {
    if (this.running < this.limit) {
      this.running += 1;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.waiting.splice(this.waiting.indexOf(enter), 1);
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.waiting.push(enter);
    });
  }

  private admit(): void {
    while (this.running < this.limit) {
      const next = this.waiting.shift();
      if (next === undefined) return;
      this.running += 1;
      next();
    }
  }
}
