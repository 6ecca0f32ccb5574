const WORDS = 4;
const FIRST_SLOTS = 4096;

/** MD5s, 32 hex digits each, at 32 to 64 bytes of memory; a Set of strings needs several times that, and has an end. */
export class Md5Set {
  #slots = new Uint32Array(FIRST_SLOTS * WORDS);
  #size = 0;
  /** Four zeros mark a free slot. */
  #hasZero = false;

  get size(): number {
    return this.#size + (this.#hasZero ? 1 : 0);
  }

  add(md5: string): void {
    if (2 * WORDS * (this.#size + 1) > this.#slots.length) this.#grow();
    const words = wordsOf(md5);
    if (words.every((word) => word === 0)) this.#hasZero = true;
    else if (this.#put(words)) this.#size += 1;
  }

  has(md5: string): boolean {
    const words = wordsOf(md5);
    if (words.every((word) => word === 0)) return this.#hasZero;
    return this.#isAt(this.#slotOf(words), words);
  }

  #put(words: Words): boolean {
    const at = this.#slotOf(words);
    if (this.#isAt(at, words)) return false;
    this.#slots.set(words, at);
    return true;
  }

  /** Where these words are, or the free slot where they belong. The digits of an MD5 are as good as random. */
  #slotOf(words: Words): number {
    const slots = this.#slots;
    const last = slots.length - WORDS;
    let at = (words[0] * WORDS) & last;
    while (!this.#isFree(at) && !this.#isAt(at, words)) at = (at + WORDS) & last;
    return at;
  }

  #isFree(at: number): boolean {
    const slots = this.#slots;
    return (slots[at] || slots[at + 1] || slots[at + 2] || slots[at + 3] || 0) === 0;
  }

  #isAt(at: number, [a, b, c, d]: Words): boolean {
    const slots = this.#slots;
    return slots[at] === a && slots[at + 1] === b && slots[at + 2] === c && slots[at + 3] === d;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (let at = 0; at < old.length; at += WORDS) {
      const words = [old[at], old[at + 1], old[at + 2], old[at + 3]] as unknown as Words;
      if (words.some((word) => word !== 0)) this.#put(words);
    }
  }
}

type Words = readonly [number, number, number, number];

function wordsOf(md5: string): Words {
  const word = (at: number) => Number.parseInt(md5.slice(at, at + 8), 16);
  return [word(0), word(8), word(16), word(24)];
}
