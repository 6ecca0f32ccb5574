import { type BodyReader, bodyReaderFor } from './body-reader.js';
import { malformed } from './malformed.js';

/** Names in lower case; values of repeated headers joined by commas. */
export type AnswerHeaders = Readonly<Record<string, string>>;

export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: Buffer;
}

const MAX_HEAD_BYTES = 64 * 1024;
const END_OF_HEAD = '\r\n\r\n';

/** Makes one answer out of the bytes of a connection: HTTP/1.1, https://www.rfc-editor.org/rfc/rfc9112 */
export class ResponseReader {
  private head = Buffer.alloc(0);
  private status = 0;
  private headers: AnswerHeaders = {};
  private body: BodyReader | undefined;

  /** Whether the server keeps the connection open, known once the answer is complete. */
  keepsOpen = false;

  get hasBegun(): boolean {
    return this.head.length > 0 || this.body !== undefined;
  }

  /** See `BodyReader.room`. */
  get room(): Buffer | undefined {
    return this.body?.room;
  }

  /** Takes the next bytes, which may change afterwards. The answer when they complete it; throws when they are no HTTP. */
  read(bytes: Buffer): Answer | undefined {
    if (this.body !== undefined) return this.finish(this.body.read(bytes));
    const seen = this.head.length === 0 ? bytes : Buffer.concat([this.head, bytes]);
    const end = seen.indexOf(END_OF_HEAD);
    if (end < 0) {
      if (seen.length > MAX_HEAD_BYTES) throw malformed('headers without an end');
      this.head = Buffer.from(seen);
      return undefined;
    }
    this.head = Buffer.alloc(0);
    this.readHead(seen.toString('latin1', 0, end));
    const rest = seen.subarray(end + END_OF_HEAD.length);
    // What comes before the real answer, such as 100 Continue.
    if (this.status < 200) return rest.length > 0 ? this.read(rest) : undefined;
    this.body = bodyReaderFor(this.status, this.headers);
    return this.finish(this.body.read(rest));
  }

  /** The server has closed the connection. The answer, if that is how it ends. */
  close(): Answer | undefined {
    return this.finish(this.body?.close() === true);
  }

  private readHead(text: string): void {
    const [first = '', ...lines] = text.split('\r\n');
    const [, minor, status] = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(first) ?? [];
    if (status === undefined) throw malformed('a wrong first line');
    const headers: Record<string, string> = Object.create(null);
    for (const line of lines) {
      const colon = line.indexOf(':');
      if (colon < 1) throw malformed('a wrong header');
      const name = line.slice(0, colon).toLowerCase();
      const value = line.slice(colon + 1).trim();
      headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
    }
    this.status = Number(status);
    this.headers = headers;
    const wish = (headers.connection ?? '').toLowerCase();
    this.keepsOpen = minor === '1' ? !wish.includes('close') : wish.includes('keep-alive');
  }

  private finish(isComplete: boolean): Answer | undefined {
    if (!isComplete || this.body === undefined) return undefined;
    this.keepsOpen &&= this.body.isExact;
    return { status: this.status, headers: this.headers, body: this.body.body() };
  }
}
