/** Where a value stands in its text: from the first character to the one after the last. */
interface Range {
  readonly start: number;
  readonly end: number;
}

export interface JsonMember {
  readonly key: string;
  readonly keyRange: Range;
  readonly value: JsonNode;
}

export type JsonNode = Range &
  (
    | { readonly type: 'object'; readonly members: readonly JsonMember[] }
    | { readonly type: 'array'; readonly items: readonly JsonNode[] }
    | { readonly type: 'scalar'; readonly value: string | number | boolean | null }
  );

/** Text that is not JSON. `JSON.parse` doesn't always tell where: Node 20 leaves the position out. */
export class JsonSyntaxError extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
    this.name = 'JsonSyntaxError';
  }
}

const SPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})|[\u007f-\u009f])*"/uy;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

/** Parses JSON and remembers where everything stands, for messages and for edits that keep the rest as it is. */
export function parseJsonTree(text: string): JsonNode {
  const reader = new Reader(text);
  const root = reader.value();
  reader.end();
  return root;
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  value(): JsonNode {
    this.space();
    const start = this.at;
    const first = this.text[start];
    if (first === '{') return this.object(start);
    if (first === '[') return this.array(start);
    const token = this.token(STRING) ?? this.token(NUMBER) ?? this.token(WORD);
    if (token === null) throw this.unexpected('a value');
    return { type: 'scalar', value: JSON.parse(token), start, end: this.at };
  }

  end(): void {
    this.space();
    if (this.at < this.text.length) throw this.unexpected('nothing more');
  }

  private object(start: number): JsonNode {
    const members: JsonMember[] = [];
    this.sequence('}', () => {
      const keyStart = this.at;
      const key = this.token(STRING);
      if (key === null) throw this.unexpected('a name in double quotes');
      const keyRange = { start: keyStart, end: this.at };
      this.space();
      if (!this.skip(':')) throw this.unexpected("':'");
      members.push({ key: JSON.parse(key), keyRange, value: this.value() });
    });
    return { type: 'object', members, start, end: this.at };
  }

  private array(start: number): JsonNode {
    const items: JsonNode[] = [];
    this.sequence(']', () => items.push(this.value()));
    return { type: 'array', items, start, end: this.at };
  }

  private sequence(close: string, element: () => void): void {
    this.at++;
    this.space();
    if (this.skip(close)) return;
    for (;;) {
      element();
      this.space();
      if (this.skip(close)) return;
      const comma = this.at;
      if (!this.skip(',')) throw this.unexpected(`',' or '${close}'`);
      this.space();
      if (this.text[this.at] === close) throw new JsonSyntaxError('a comma too many', comma);
    }
  }

  private space(): void {
    this.token(SPACE);
    if (this.text.startsWith('//', this.at) || this.text.startsWith('/*', this.at)) {
      throw new JsonSyntaxError('comments are not supported: this file is plain JSON', this.at);
    }
  }

  private skip(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private token(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? null;
    this.at += found?.length ?? 0;
    return found;
  }

  private unexpected(wanted: string): JsonSyntaxError {
    const found = this.text.at(this.at);
    const what =
      found === undefined
        ? 'the file ends'
        : found === '"'
          ? 'a broken string'
          : `found ${JSON.stringify(found)}`;
    return new JsonSyntaxError(`${what} where ${wanted} was expected`, this.at);
  }
}
