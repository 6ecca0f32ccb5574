import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SigningKeys } from './s3-sigv4.js';

export interface MetadataService {
  readonly url: string;
  /** Tags of the machine; tests may change them. */
  readonly tags: Map<string, string>;
  close(): Promise<void>;
}

const TOKEN = 'token-of-the-metadata-service';
const ROLE = '/latest/meta-data/iam/security-credentials/';
const TAGS = '/latest/meta-data/tags/instance/';

/** What a machine of EC2 asks about itself (IMDSv2: nothing without a token), on 127.0.0.1. */
export async function startMetadataService(keys: SigningKeys): Promise<MetadataService> {
  const tags = new Map<string, string>();
  const answer = (path: string): string | undefined => {
    if (path === ROLE) return 'role';
    if (path.startsWith(TAGS)) return tags.get(path.slice(TAGS.length));
    if (path !== `${ROLE}role`) return undefined;
    return JSON.stringify({
      Code: 'Success',
      Type: 'AWS-HMAC',
      AccessKeyId: keys.accessKeyId,
      SecretAccessKey: keys.secretAccessKey,
      Token: keys.sessionToken,
      Expiration: new Date(Date.now() + 6 * 3600_000).toISOString(),
    });
  };
  const server = createServer((request, response) => {
    if (request.method === 'PUT' && request.url === '/latest/api/token') return void response.end(TOKEN);
    const text = answer(decodeURIComponent(request.url ?? ''));
    const isKnown = request.headers['x-aws-ec2-metadata-token'] === TOKEN;
    response.statusCode = isKnown ? (text === undefined ? 404 : 200) : 401;
    response.end(isKnown ? text : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tags,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
