import { readFile } from 'node:fs/promises';
import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { STSClient } from '@aws-sdk/client-sts';
import type { S3Remote } from '../../config/dvc-s3-remote.js';
import { EXIT, WmsError } from '../../errors.js';
import type { ProfileSettings } from './aws-files.js';
import type { CredentialsProvider } from './credentials.js';

/** Where requests go, after every place that can say so has been heard. */
export interface Endpoint {
  /** Undefined: Amazon's own. */
  readonly url: string | undefined;
  /** Somebody else's server, or a stand-in for Amazon's. */
  readonly isCustom: boolean;
  readonly region: string;
  /** False when nobody named a region and the usual first guess is in use. */
  readonly isRegionNamed: boolean;
  readonly pathStyle: boolean;
}

export function chooseEndpoint(remote: S3Remote, env: NodeJS.ProcessEnv, profile: ProfileSettings): Endpoint {
  const named =
    remote.endpointUrl ?? (env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || profile.endpointUrl);
  const region = remote.region ?? (env.AWS_REGION || env.AWS_DEFAULT_REGION || profile.region);
  const plain = remote.useSsl ? undefined : `http://s3.${region ?? 'us-east-1'}.amazonaws.com`;
  return {
    url: named ?? plain,
    isCustom: named !== undefined,
    region: region ?? 'us-east-1',
    isRegionNamed: region !== undefined,
    pathStyle:
      profile.addressingStyle === 'path' || (named !== undefined && profile.addressingStyle !== 'virtual'),
  };
}

export interface ClientParts {
  readonly remote: S3Remote;
  readonly env: NodeJS.ProcessEnv;
  readonly endpoint: Endpoint;
  readonly credentials: CredentialsProvider;
}

const CONNECT_SECONDS = 5;
const READ_SECONDS = 30;
export const DEFAULT_JOBS = 32;

export async function createS3Client(parts: ClientParts): Promise<S3Client> {
  silenceVersionWarning();
  const [{ S3Client }, settings] = await Promise.all([import('@aws-sdk/client-s3'), common(parts)]);
  return new S3Client({
    ...settings,
    forcePathStyle: parts.endpoint.pathStyle,
    // The key is an MD5, so Content-MD5 protects the way there and our own check the way back. Checksums that the
    // SDK adds by itself are refused by several servers.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    expectContinueHeader: false,
    ...(parts.remote.anonymous ? { signer: { sign: async (request) => request } } : {}),
  });
}

/** Identity questions go to the same server as the objects, which may not answer them. */
export async function createStsClient(parts: ClientParts): Promise<STSClient> {
  silenceVersionWarning();
  const [{ STSClient }, settings] = await Promise.all([import('@aws-sdk/client-sts'), common(parts)]);
  const url = parts.env.AWS_ENDPOINT_URL_STS || (parts.endpoint.isCustom ? parts.endpoint.url : undefined);
  const { endpoint: _, ...rest } = settings;
  return new STSClient({ ...rest, ...(url ? { endpoint: url } : {}) });
}

async function common({ remote, env, endpoint, credentials }: ClientParts) {
  const bundle = typeof remote.sslVerify === 'string' ? remote.sslVerify : env.AWS_CA_BUNDLE;
  const maxSockets = remote.jobs ?? DEFAULT_JOBS;
  return {
    region: endpoint.region,
    ...(endpoint.url === undefined ? {} : { endpoint: endpoint.url }),
    credentials,
    // The SDK's own budget for retries is about 120 ms and shared by all objects; the store has a real one.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: (remote.connectTimeout ?? CONNECT_SECONDS) * 1000,
      socketTimeout: (remote.readTimeout ?? READ_SECONDS) * 1000,
      httpAgent: { keepAlive: true, maxSockets },
      httpsAgent: {
        keepAlive: true,
        maxSockets,
        ...(remote.sslVerify === false ? { rejectUnauthorized: false } : {}),
        ...(remote.sslVerify !== false && bundle ? { ca: await readBundle(bundle) } : {}),
      },
    },
  } satisfies S3ClientConfig;
}

async function readBundle(file: string): Promise<Buffer> {
  return readFile(file).catch((error: Error) => {
    throw new WmsError({
      kind: 'config/ca-bundle',
      code: EXIT.usage,
      what: `The file of certificate authorities ${file} cannot be read.`,
      why: error.message,
      next: 'Correct ssl_verify in .dvc/config or the environment variable AWS_CA_BUNDLE.',
      cause: error,
    });
  });
}

/** Printed on Node 20 at every run otherwise; it says nothing that a user of this program can act on. */
function silenceVersionWarning(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
}
