import type { S3Remote } from '../../../config/dvc-s3-remote.js';
import type { ClientParts } from '../client.js';
import { connectionSettings } from '../connection-settings.js';
import type { CredentialsProvider } from '../credentials.js';
import type { GetAnswer, GetOptions, ObjectTransport, PutAnswer, PutOptions } from '../transport.js';
import { type Address, addressOf } from './address.js';
import { Connections } from './connections.js';
import { Refusal, requestIdOf } from './refusal.js';
import type { Answer } from './response-reader.js';
import { ServerClock } from './server-clock.js';
import { encodePath, type Headers, Signer, sha256, UNSIGNED_PAYLOAD } from './sign.js';

const EMPTY_SHA256 = sha256('');

/** Reads and writes objects with nothing between the program and Node's sockets. Throws WmsError `config/ca-bundle`. */
export async function createLeanTransport(parts: ClientParts): Promise<ObjectTransport> {
  const { remote, env, endpoint, credentials } = parts;
  const address = addressOf(remote.bucket, endpoint);
  if (address === null) throw new Error(`no address for the bucket ${remote.bucket}`);
  const connections = new Connections(address, await connectionSettings(remote, env));
  return new LeanTransport(
    address,
    connections,
    new Signer(endpoint.region),
    credentials,
    rightsHeaders(remote),
  );
}

class LeanTransport implements ObjectTransport {
  private readonly clock = new ServerClock();

  constructor(
    private readonly address: Address,
    private readonly connections: Connections,
    private readonly signer: Signer,
    private readonly credentials: CredentialsProvider,
    private readonly rights: Headers,
  ) {}

  async get(key: string, { signal, firstByteOnly }: GetOptions): Promise<GetAnswer> {
    const headers = {
      'x-amz-content-sha256': EMPTY_SHA256,
      ...(firstByteOnly ? { range: 'bytes=0-0' } : {}),
    };
    const answer = await this.send('GET', key, headers, undefined, signal);
    return { bytes: answer.body, etag: answer.headers.etag, requestId: requestIdOf(answer.headers) };
  }

  async put(key: string, bytes: Buffer, { signal, md5, ifAbsent, ifMatch }: PutOptions): Promise<PutAnswer> {
    const headers = {
      ...this.rights,
      'content-md5': Buffer.from(md5, 'hex').toString('base64'),
      // TLS protects the body. Without it only the signature does, and only over a hash that nobody can forge.
      'x-amz-content-sha256': this.address.isSecure ? UNSIGNED_PAYLOAD : sha256(bytes),
      ...(ifAbsent ? { 'if-none-match': '*' } : {}),
      ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
    };
    const answer = await this.send('PUT', key, headers, bytes, signal);
    return {
      etag: answer.headers.etag,
      encryption: answer.headers['x-amz-server-side-encryption'],
      hasCustomerKey: false,
      requestId: requestIdOf(answer.headers),
    };
  }

  private async send(
    method: string,
    key: string,
    headers: Headers,
    body: Buffer | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    const credentials = await this.credentials();
    signal?.throwIfAborted();
    const path = encodePath(`${this.address.path}/${key}`);
    const signedAt = this.clock.now();
    const unsigned = { method, path, headers: { ...headers, host: this.address.host } };
    const signed = this.signer.sign(unsigned, credentials, signedAt);
    const answer = await this.connections.exchange({ method, path, headers: signed, body }, signal);
    const isClockCorrected = this.clock.learn(answer.headers, signedAt);
    if (answer.status >= 200 && answer.status < 300) return answer;
    throw new Refusal(answer, isClockCorrected);
  }
}

/** Encryption and access rights that the remote's settings ask for. */
function rightsHeaders(remote: S3Remote): Headers {
  const headers = {
    'x-amz-server-side-encryption': remote.sse,
    'x-amz-server-side-encryption-aws-kms-key-id': remote.sseKmsKeyId,
    'x-amz-acl': remote.acl,
    'x-amz-grant-read': remote.grantRead,
    'x-amz-grant-read-acp': remote.grantReadAcp,
    'x-amz-grant-write-acp': remote.grantWriteAcp,
    'x-amz-grant-full-control': remote.grantFullControl,
  };
  return Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => !!entry[1]));
}
