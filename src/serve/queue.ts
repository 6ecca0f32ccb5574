/** Counts requests from before their body is read until they are answered: with them it bounds memory. */
export class Queue {
  #inside = 0;
  /** Milliseconds of one request, with later ones weighing more. */
  #mean = 0;

  /**
   * @param working requests that are worked on at the same time
   * @param waiting requests that may wait besides
   */
  constructor(
    readonly working: number,
    readonly waiting: number,
    private readonly now: () => number,
  ) {}

  get inside(): number {
    return this.#inside;
  }

  /** What is called when the request has been answered; null when there is no place. */
  enter(): (() => void) | null {
    if (this.#inside >= this.working + this.waiting) return null;
    this.#inside += 1;
    const since = this.now();
    const before = this.#inside;
    return () => {
      this.#inside -= 1;
      const alone = (this.now() - since) / Math.max(1, before / this.working);
      this.#mean = this.#mean === 0 ? alone : this.#mean * 0.9 + alone * 0.1;
    };
  }

  /** Until what is inside now is done, at least 1. */
  get retryAfterSeconds(): number {
    return Math.max(1, Math.ceil(((this.#inside / this.working) * this.#mean) / 1000));
  }
}
