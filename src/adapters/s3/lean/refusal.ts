import type { Answer, AnswerHeaders } from './response-reader.js';

/** An answer that is an error, in the shape of the SDK's: one table names the failures of both transports. */
export class Refusal extends Error {
  readonly Code: string | undefined;
  readonly $metadata: object;
  readonly $response: object;

  constructor({ status, headers, body }: Answer, isClockCorrected: boolean) {
    const text = body.toString();
    const error = /<Error[\s>]/.test(text) ? text : '';
    super(tag(error, 'Message') ?? 'UnknownError');
    this.Code = tag(error, 'Code');
    this.name = this.Code ?? (status === 404 ? 'NotFound' : 'Unknown');
    const requestId = requestIdOf(headers) ?? tag(error, 'RequestId');
    this.$metadata = { httpStatusCode: status, requestId, clockSkewCorrected: isClockCorrected };
    this.$response = { statusCode: status, headers };
  }
}

export function requestIdOf(headers: AnswerHeaders): string | undefined {
  return headers['x-amz-request-id'] ?? headers['x-amzn-requestid'];
}

/** Text of an element without children. */
function tag(xml: string, name: string): string | undefined {
  const content = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return content === undefined ? undefined : unescapeXml(content);
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}
