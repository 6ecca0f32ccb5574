import { malformed } from './malformed.js';

/** Takes the bytes of a body until they are complete. */
export interface BodyReader {
  /** Copies what it needs of these bytes. True when the body is complete. Throws when they are no HTTP. */
  read(bytes: Buffer): boolean;
  /** Where the next bytes may be put before `read` takes them, which then need not copy them. */
  readonly room: Buffer | undefined;
  /** The connection was closed. True when that completes the body. */
  close(): boolean;
  body(): Buffer;
  /** Nothing came after the body, so that the next answer begins with the next byte. */
  readonly isExact: boolean;
}

type Headers = Readonly<Record<string, string>>;

/** As RFC 9112, section 6.3, wants it. Throws when the length is not clear. */
export function bodyReaderFor(status: number, headers: Headers): BodyReader {
  const encoding = headers['transfer-encoding'];
  const length = headers['content-length'];
  if (status === 204 || status === 304) return new SizedBody(0);
  if (encoding !== undefined) {
    if (length !== undefined || encoding.toLowerCase() !== 'chunked') throw malformed('an unclear length');
    return new ChunkedBody();
  }
  if (length === undefined) return new OpenBody();
  if (!/^\d{1,15}$/.test(length)) throw malformed('an unclear length');
  return new SizedBody(Number(length));
}

/** Longest part that comes at once, a record of TLS. */
const PART_BYTES = 16 * 1024;

class SizedBody implements BodyReader {
  private readonly bytes: Buffer;
  private length = 0;
  isExact = true;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  /** Not for the last part: what comes after the body must be seen. */
  get room(): Buffer | undefined {
    const end = this.bytes.length - PART_BYTES;
    return end - this.length < PART_BYTES ? undefined : this.bytes.subarray(this.length, end);
  }

  read(bytes: Buffer): boolean {
    if (bytes.buffer === this.bytes.buffer && bytes.byteOffset === this.bytes.byteOffset + this.length) {
      this.length += bytes.length;
      return false;
    }
    const copied = bytes.copy(this.bytes, this.length);
    this.length += copied;
    if (copied < bytes.length) this.isExact = false;
    return this.length === this.bytes.length;
  }

  close(): boolean {
    return false;
  }

  body(): Buffer {
    return this.bytes;
  }
}

/** Ends with the connection. */
class OpenBody implements BodyReader {
  readonly isExact = false;
  readonly room = undefined;
  private readonly parts: Buffer[] = [];

  read(bytes: Buffer): boolean {
    this.parts.push(Buffer.from(bytes));
    return false;
  }

  close(): boolean {
    return true;
  }

  body(): Buffer {
    return Buffer.concat(this.parts);
  }
}

const MAX_LINE_BYTES = 8192;

/** RFC 9112, section 7.1: a size in hexadecimal digits before each chunk; the last has none and may have headers. */
class ChunkedBody implements BodyReader {
  isExact = true;
  readonly room = undefined;
  private readonly parts: Buffer[] = [];
  private rest = Buffer.alloc(0);
  private expects: 'size' | 'bytes' | 'end of chunk' | 'trailer' = 'size';
  private missing = 0;

  read(bytes: Buffer): boolean {
    this.rest = Buffer.concat([this.rest, bytes]);
    for (;;) {
      if (this.expects === 'bytes') {
        if (!this.takeBytes()) return false;
        continue;
      }
      const line = this.takeLine();
      if (line === undefined) return false;
      if (this.expects === 'size') this.startChunk(line);
      else if (this.expects === 'end of chunk' && line === '') this.expects = 'size';
      else if (this.expects === 'end of chunk') throw malformed('a chunk of another size');
      else if (line === '') {
        this.isExact = this.rest.length === 0;
        return true;
      }
    }
  }

  close(): boolean {
    return false;
  }

  body(): Buffer {
    return Buffer.concat(this.parts);
  }

  private takeBytes(): boolean {
    const part = this.rest.subarray(0, this.missing);
    this.parts.push(part);
    this.missing -= part.length;
    this.rest = this.rest.subarray(part.length);
    if (this.missing > 0) return false;
    this.expects = 'end of chunk';
    return true;
  }

  private takeLine(): string | undefined {
    const end = this.rest.indexOf('\r\n');
    if (end < 0 && this.rest.length <= MAX_LINE_BYTES) return undefined;
    if (end < 0) throw malformed('a chunk without an end');
    const line = this.rest.toString('latin1', 0, end);
    this.rest = this.rest.subarray(end + 2);
    return line;
  }

  private startChunk(line: string): void {
    const [, digits] = /^([0-9a-f]{1,12})[ \t]*(?:;|$)/i.exec(line) ?? [];
    if (digits === undefined) throw malformed('a chunk without a size');
    this.missing = Number.parseInt(digits, 16);
    this.expects = this.missing === 0 ? 'trailer' : 'bytes';
  }
}
