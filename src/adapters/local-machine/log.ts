import type { StoreNotes } from '../../ports/store-notes.js';

const MOST_BYTES = 200_000;

/** The last lines of a machine and of what runs on it, in a note. */
export class Log {
  #text = '';
  #written = '';

  constructor(
    private readonly notes: StoreNotes,
    private readonly name: string,
  ) {}

  add(line: string): void {
    this.#text = lastBytes(`${this.#text}${line}\n`);
  }

  /** Takes a program's output as it comes; its lines begin with `name`. */
  of(name: string): (chunk: Buffer) => void {
    let rest = '';
    return (chunk) => {
      const lines = `${rest}${chunk.toString()}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.add(`${name}: ${line}`);
    };
  }

  last(lines: number): string {
    return this.#text.trimEnd().split('\n').slice(-lines).join('\n');
  }

  /** A log that cannot be written must not end what it is about. */
  async write(): Promise<void> {
    const text = this.#text;
    if (text === this.#written) return;
    await this.notes.write(this.name, Buffer.from(text)).then(
      () => {
        this.#written = text;
      },
      () => undefined,
    );
  }
}

function lastBytes(text: string): string {
  if (Buffer.byteLength(text) <= MOST_BYTES) return text;
  const kept = Buffer.from(text).subarray(-MOST_BYTES).toString();
  return kept.slice(kept.indexOf('\n') + 1);
}
