/** templates/machine/train.py says what the letters mean. */
export interface Frame {
  readonly kind: string;
  readonly payload: Buffer;
}

const HEAD = 5;

export function frame(kind: string, payload: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(payload);
  const head = Buffer.alloc(HEAD, kind);
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** Puts together what comes in pieces of any size. */
export class FrameReader {
  #rest = Buffer.alloc(0);

  push(chunk: Buffer): Frame[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const frames: Frame[] = [];
    let at = 0;
    while (this.#rest.length >= at + HEAD) {
      const end = at + HEAD + this.#rest.readUInt32BE(at + 1);
      if (this.#rest.length < end) break;
      frames.push({
        kind: String.fromCharCode(this.#rest[at] ?? 0),
        payload: this.#rest.subarray(at + HEAD, end),
      });
      at = end;
    }
    this.#rest = this.#rest.subarray(at);
    return frames;
  }
}
