/** Lets work start only while the bytes in flight stay under a limit. One item larger than the limit goes alone. */
export class ByteBudget {
  #used = 0;
  readonly #waiting: { readonly bytes: number; readonly start: () => void }[] = [];

  constructor(
    private readonly limitBytes: number,
    private readonly limitItems: number,
  ) {}

  #items = 0;

  async acquire(bytes: number): Promise<void> {
    if (this.#waiting.length === 0 && this.#fits(bytes)) return this.#take(bytes);
    await new Promise<void>((start) => this.#waiting.push({ bytes, start }));
  }

  release(bytes: number): void {
    this.#used -= bytes;
    this.#items -= 1;
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#take(next.bytes);
      next.start();
    }
  }

  #take(bytes: number): void {
    this.#used += bytes;
    this.#items += 1;
  }

  #fits(bytes: number): boolean {
    return this.#items === 0 || (this.#items < this.limitItems && this.#used + bytes <= this.limitBytes);
  }
}
