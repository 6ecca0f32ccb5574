import { GetObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { type ClientParts, chooseEndpoint, createS3Client } from '../../src/adapters/s3/client.js';
import { addressOf } from '../../src/adapters/s3/lean/address.js';
import { encodePath } from '../../src/adapters/s3/lean/sign.js';
import { readS3Remote } from '../../src/config/dvc-s3-remote.js';

interface Wire {
  readonly host: string;
  readonly path: string;
  readonly isSecure: boolean;
}

function partsFor(keys: Record<string, string>, addressingStyle?: string): ClientParts {
  const remote = readS3Remote('r', keys);
  const endpoint = chooseEndpoint(remote, {}, { addressingStyle });
  const credentials = async () => ({ accessKeyId: 'A', secretAccessKey: 'S' });
  return { remote, env: {}, endpoint, credentials };
}

/** What the SDK would send, caught before it goes out. */
async function sdkRequest(parts: ClientParts, Key: string): Promise<Wire> {
  const client = await createS3Client(parts);
  let wire: Wire | undefined;
  client.middlewareStack.add(
    () => async (args) => {
      const request = args.request as { headers: Record<string, string>; path: string; protocol: string };
      wire = {
        host: request.headers.host ?? '',
        path: request.path,
        isSecure: request.protocol === 'https:',
      };
      throw new Error('caught');
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  await client.send(new GetObjectCommand({ Bucket: parts.remote.bucket, Key })).catch((error: Error) => {
    if (error.message !== 'caught') throw error;
  });
  if (wire === undefined) throw new Error('nothing was sent');
  return wire;
}

const PLACES: [string, Record<string, string>, string?][] = [
  ['Amazon', {}],
  ['Amazon in a region', { region: 'eu-central-1' }],
  ['Amazon in the first region', { region: 'us-east-1' }],
  ['Amazon without TLS', { region: 'eu-west-1', use_ssl: 'false' }],
  ['Amazon, path-style', { region: 'eu-west-1' }, 'path'],
  ['another server', { endpointurl: 'https://s3.example.com' }],
  ['another server with port and path', { endpointurl: 'http://minio.local:9000/s3/' }],
  ['another server, usual port', { endpointurl: 'https://s3.example.com:443' }],
  ['another server, virtual hosts', { endpointurl: 'https://s3.example.com:8443/base' }, 'virtual'],
  ['an address, virtual hosts', { endpointurl: 'http://127.0.0.1:9000' }, 'virtual'],
  ['an IPv6 address', { endpointurl: 'http://[::1]:9000' }],
];
const BUCKETS = ['meters', 'my.meters', 'a-b-1'];
const KEYS = ['dvc/files/md5/ab/cd', "dätä (1)/it's+more/~x*!/files/md5/ab/cd.dir"];

describe.each(PLACES)('%s', (_, place, style) => {
  it.each(BUCKETS)('hears the same as from the SDK, bucket %s', async (bucket) => {
    const parts = partsFor({ url: `s3://${bucket}/dvc`, ...place }, style);
    const address = addressOf(bucket, parts.endpoint);
    if (address === null) throw new Error('left to the SDK');
    for (const key of KEYS) {
      const { host, isSecure, path } = address;
      const ours = { host, isSecure, path: encodePath(`${path}/${key}`) };
      expect(ours).toEqual(await sdkRequest(parts, key));
    }
  });
});

describe('left to the SDK', () => {
  it.each([
    ['a region of another partition', { url: 's3://b-1', region: 'cn-north-1' }],
    ['a directory bucket', { url: 's3://b--use1-az4--x-s3' }],
    ['an access point', { url: 's3://point-abc-s3alias' }],
    ['an ARN', { url: 's3://arn:aws:s3:us-east-1:123456789012:accesspoint:x' }],
    ['a bucket in capitals', { url: 's3://Meters' }],
    ['an endpoint with a query', { url: 's3://b-1', endpointurl: 'https://e.com/?x=y' }],
    ['an endpoint with a password', { url: 's3://b-1', endpointurl: 'https://u:p@e.com' }],
  ])('%s', (_, keys) => {
    const { remote, endpoint } = partsFor(keys as unknown as Record<string, string>);
    expect(addressOf(remote.bucket, endpoint)).toBeNull();
  });
});
