import type { S3Client, S3ClientConfig } from '@aws-sdk/client-s3';
import type { STSClient } from '@aws-sdk/client-sts';
import type { S3Remote } from '../../config/dvc-s3-remote.js';
import type { ProfileSettings } from './aws-files.js';
import { connectionSettings } from './connection-settings.js';
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
  /** Something was set that only the SDK follows. */
  readonly isSdkOnly: boolean;
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
    isSdkOnly:
      profile.isSdkOnly === true ||
      env.AWS_USE_DUALSTACK_ENDPOINT === 'true' ||
      env.AWS_USE_FIPS_ENDPOINT === 'true',
  };
}

export interface ClientParts {
  readonly remote: S3Remote;
  readonly env: NodeJS.ProcessEnv;
  readonly endpoint: Endpoint;
  readonly credentials: CredentialsProvider;
}

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
  const { connectTimeout, readTimeout, maxSockets, tls } = await connectionSettings(remote, env);
  return {
    region: endpoint.region,
    ...(endpoint.url === undefined ? {} : { endpoint: endpoint.url }),
    credentials,
    // The SDK's own budget for retries is about 120 ms and shared by all objects; the store has a real one.
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: connectTimeout,
      socketTimeout: readTimeout,
      httpAgent: { keepAlive: true, maxSockets },
      httpsAgent: { keepAlive: true, maxSockets, ...tls },
    },
  } satisfies S3ClientConfig;
}

/** Printed on Node 20 at every run otherwise; it says nothing that a user of this program can act on. */
export function silenceVersionWarning(): void {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
}
