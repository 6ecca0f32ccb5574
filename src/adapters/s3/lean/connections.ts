import { createSecureContext, type SecureContext } from 'node:tls';
import type { ConnectionSettings } from '../connection-settings.js';
import type { Address } from './address.js';
import { Connection } from './connection.js';
import { type RawRequest, rawRequest, type SignedRequest } from './request-head.js';
import type { Answer } from './response-reader.js';

/** Connections to one server, kept open between requests. How many there are, their user decides. */
export class Connections {
  private readonly idle: Connection[] = [];
  private readonly secureContext: SecureContext | undefined;

  constructor(
    private readonly address: Address,
    private readonly settings: ConnectionSettings,
  ) {
    if (address.isSecure) this.secureContext = createSecureContext({ ca: settings.tls.ca });
  }

  /** Sends one request and reads the whole answer, whatever its status. Rejects with the reason of an aborted signal. */
  async exchange(signed: SignedRequest, signal: AbortSignal | undefined): Promise<Answer> {
    const request = rawRequest(signed);
    const used = this.takeIdle();
    if (used === undefined) return this.exchangeOn(this.open(), request, signal);
    try {
      return await this.exchangeOn(used, request, signal);
    } catch (error) {
      // The server may close an idle connection just when the request is on its way (RFC 9112, section 9.3.1).
      if (!used.wasClosedUnanswered || signal?.aborted) throw error;
      return this.exchangeOn(this.open(), request, signal);
    }
  }

  private async exchangeOn(
    connection: Connection,
    request: RawRequest,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    const stop = () => connection.destroy(signal?.reason);
    signal?.addEventListener('abort', stop, { once: true });
    try {
      const answer = await connection.exchange(request);
      if (connection.isReusable) this.idle.push(connection);
      return answer;
    } finally {
      signal?.removeEventListener('abort', stop);
    }
  }

  private takeIdle(): Connection | undefined {
    for (;;) {
      const connection = this.idle.pop();
      if (connection === undefined || connection.isReusable) return connection;
    }
  }

  private open(): Connection {
    return new Connection(this.address, this.settings, this.secureContext);
  }
}
