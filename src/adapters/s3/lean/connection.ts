import { connect, isIP, type Socket } from 'node:net';
import { connect as connectSecurely, type SecureContext } from 'node:tls';
import type { ConnectionSettings } from '../connection-settings.js';
import type { Address } from './address.js';
import type { RawRequest } from './request-head.js';
import { type Answer, ResponseReader } from './response-reader.js';

const READ_BYTES = 64 * 1024;
const CLOSED_CODES = new Set(['ECONNRESET', 'EPIPE']);

interface Exchange {
  readonly reader: ResponseReader;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/**
 * One connection, one request at a time. Node's HTTP client would add half to the processor time of a transfer
 * (bench/transfer.ts): here, bytes go from one buffer of the socket straight to where they stay.
 */
export class Connection {
  private readonly socket: Socket;
  private exchanging: Exchange | undefined;
  private isOpen = true;
  /** A reset or a regular end came where an answer should have begun. */
  wasClosedUnanswered = false;

  constructor(
    address: Address,
    private readonly settings: ConnectionSettings,
    secureContext: SecureContext | undefined,
  ) {
    const elsewhere = Buffer.allocUnsafeSlow(READ_BYTES);
    const buffer = () => this.exchanging?.reader.room ?? elsewhere;
    const callback = (length: number, bytes: Uint8Array) => {
      this.read(bytes.subarray(0, length) as Buffer);
      return true;
    };
    const { hostname: host, port } = address;
    const place = { host, port, onread: { buffer, callback } };
    const name = isIP(host) === 0 ? { servername: host } : {};
    this.socket =
      secureContext === undefined
        ? connect(place)
        : connectSecurely({ ...place, ...name, ...settings.tls, secureContext });
    this.watch();
  }

  get isReusable(): boolean {
    return this.isOpen && this.exchanging === undefined;
  }

  exchange({ head, body }: RawRequest): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.exchanging = { reader: new ResponseReader(), resolve, reject };
      this.socket.ref();
      this.socket.cork();
      this.socket.write(head, 'latin1');
      if (body !== undefined) this.socket.write(body);
      this.socket.uncork();
    });
  }

  destroy(error: unknown): void {
    this.isOpen = false;
    const { exchanging } = this;
    this.exchanging = undefined;
    this.socket.destroy();
    exchanging?.reject(error);
  }

  private watch(): void {
    const { socket } = this;
    const { connectTimeout, readTimeout } = this.settings;
    const timer = setTimeout(() => this.destroy(noConnection(connectTimeout)), connectTimeout);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.setNoDelay(true);
      socket.setTimeout(readTimeout);
    });
    socket.on('timeout', () => this.destroy(silence(readTimeout)));
    socket.on('error', (error) => this.fail(error));
    socket.on('end', () => this.end());
    socket.on('close', () => {
      clearTimeout(timer);
      this.end();
    });
  }

  private read(bytes: Buffer): void {
    try {
      // What nobody asked for makes the connection useless: it could be taken for the next answer.
      const answer = this.exchanging?.reader.read(bytes);
      if (answer !== undefined) this.answer(answer);
      else if (this.exchanging === undefined) this.destroy(undefined);
    } catch (error) {
      this.destroy(error);
    }
  }

  private answer(answer: Answer): void {
    const { exchanging, socket } = this;
    // An answer may come before the whole request was sent, which then never will be.
    const isUsable = exchanging?.reader.keepsOpen === true && socket.writableLength === 0;
    this.exchanging = undefined;
    if (isUsable) socket.unref();
    else this.destroy(undefined);
    exchanging?.resolve(answer);
  }

  private end(): void {
    const answer = this.exchanging?.reader.close();
    if (answer !== undefined) this.answer(answer);
    else this.fail(closed(this.exchanging?.reader.hasBegun === true));
  }

  private fail(error: NodeJS.ErrnoException): void {
    const isUnanswered = this.exchanging?.reader.hasBegun === false;
    this.wasClosedUnanswered ||= isUnanswered && CLOSED_CODES.has(error.code ?? '');
    this.destroy(error);
  }
}

/** Errors are worded as Node and the SDK word them. */
function closed(isMidway: boolean): Error {
  return Object.assign(new Error(isMidway ? 'aborted' : 'socket hang up'), { code: 'ECONNRESET' });
}

function silence(milliseconds: number): Error {
  return timeout('ECONNRESET', `the request socket timed out after ${milliseconds} ms of inactivity.`);
}

function noConnection(milliseconds: number): Error {
  const limit = `within the configured timeout of ${milliseconds} ms.`;
  return timeout('ETIMEDOUT', `the request socket did not establish a connection with the server ${limit}`);
}

function timeout(code: string, message: string): Error {
  return Object.assign(new Error(message), { name: 'TimeoutError', code });
}
