import { EXIT, WmsError } from '../errors.js';
import type { IniValue } from './dvc-ini.js';

/** A remote's keys as they stand in the settings, paths resolved. */
export type RawRemote = Readonly<Record<string, IniValue>>;

/** A remote in S3. Field names follow the keys of `.dvc/config`. */
export interface S3Remote {
  readonly kind: 's3';
  readonly name: string;
  readonly bucket: string;
  /** Without slashes at its ends; empty for the top of the bucket. */
  readonly prefix: string;
  readonly endpointUrl?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  readonly credentialPath?: string | undefined;
  readonly configPath?: string | undefined;
  readonly accessKeyId?: string | undefined;
  readonly secretAccessKey?: string | undefined;
  readonly sessionToken?: string | undefined;
  readonly anonymous: boolean;
  /** Seconds. */
  readonly connectTimeout?: number | undefined;
  /** Seconds. */
  readonly readTimeout?: number | undefined;
  readonly useSsl: boolean;
  /** False: any certificate; a string: file of the certificate authorities. */
  readonly sslVerify: boolean | string;
  /** Transfers at the same time. */
  readonly jobs?: number | undefined;
  readonly sse?: string | undefined;
  readonly sseKmsKeyId?: string | undefined;
  readonly sseCustomerAlgorithm?: string | undefined;
  /** Base64. */
  readonly sseCustomerKey?: string | undefined;
  readonly acl?: string | undefined;
  readonly grantRead?: string | undefined;
  readonly grantReadAcp?: string | undefined;
  readonly grantWriteAcp?: string | undefined;
  readonly grantFullControl?: string | undefined;
}

/** Understands the keys of one S3 remote. Throws WmsError `config/remote-value`. */
export function readS3Remote(name: string, raw: RawRemote): S3Remote {
  const keys = new RemoteKeys(name, raw);
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(keys.text('url') ?? '') ?? [];
  if (bucket === undefined) throw keys.bad('url', 'It must look like s3://bucket/prefix.');
  const remote: S3Remote = {
    kind: 's3',
    name,
    bucket,
    prefix: prefix.replace(/^\/+|\/+$/g, ''),
    endpointUrl: keys.text('endpointurl'),
    region: keys.text('region'),
    profile: keys.text('profile'),
    credentialPath: keys.text('credentialpath'),
    configPath: keys.text('configpath'),
    accessKeyId: keys.text('access_key_id'),
    secretAccessKey: keys.text('secret_access_key'),
    sessionToken: keys.text('session_token'),
    anonymous: keys.flag('allow_anonymous_login') ?? false,
    connectTimeout: keys.count('connect_timeout'),
    readTimeout: keys.count('read_timeout'),
    useSsl: keys.flag('use_ssl') ?? true,
    sslVerify: keys.flagOrText('ssl_verify') ?? true,
    jobs: keys.count('jobs'),
    sse: keys.text('sse'),
    sseKmsKeyId: keys.text('sse_kms_key_id'),
    sseCustomerAlgorithm: keys.text('sse_customer_algorithm'),
    sseCustomerKey: keys.text('sse_customer_key'),
    acl: keys.text('acl'),
    grantRead: keys.text('grant_read'),
    grantReadAcp: keys.text('grant_read_acp'),
    grantWriteAcp: keys.text('grant_write_acp'),
    grantFullControl: keys.text('grant_full_control'),
  };
  checkCombinations(remote, keys);
  return remote;
}

function checkCombinations(remote: S3Remote, keys: RemoteKeys): void {
  const endpoint = remote.endpointUrl;
  if (endpoint !== undefined && !/^https?:\/\/[^/]/.test(endpoint)) {
    throw keys.bad('endpointurl', 'It must start with https:// or http://.');
  }
  if ((remote.accessKeyId === undefined) !== (remote.secretAccessKey === undefined)) {
    throw keys.bad('access_key_id', 'It only works together with secret_access_key.');
  }
  if (remote.sseKmsKeyId !== undefined && remote.sseCustomerKey !== undefined) {
    throw keys.bad('sse_kms_key_id', 'It excludes sse_customer_key.');
  }
  const { grantRead, grantReadAcp, grantWriteAcp, grantFullControl } = remote;
  if (
    remote.acl !== undefined &&
    (grantRead ?? grantReadAcp ?? grantWriteAcp ?? grantFullControl) !== undefined
  ) {
    throw keys.bad('acl', 'It excludes the grant_* keys.');
  }
}

const TRUE = new Set(['true', 'yes', 'on', '1', 'y', 'enable']);
const FALSE = new Set(['false', 'no', 'off', '0', 'n', 'disable']);

/** Typed reading of one remote's keys. */
export class RemoteKeys {
  constructor(
    private readonly remote: string,
    private readonly raw: RawRemote,
  ) {}

  text(key: string): string | undefined {
    const value = this.raw[key];
    if (typeof value === 'object') {
      throw this.bad(key, 'It holds a comma, which makes a list of it: put it in quotes.');
    }
    return value === '' ? undefined : value;
  }

  flag(key: string): boolean | undefined {
    const value = this.flagOrText(key);
    if (typeof value === 'string') throw this.bad(key, 'It must be true or false.');
    return value;
  }

  flagOrText(key: string): boolean | string | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    if (TRUE.has(value.toLowerCase())) return true;
    return FALSE.has(value.toLowerCase()) ? false : value;
  }

  /** A whole number from 1. */
  count(key: string): number | undefined {
    const value = this.text(key);
    if (value !== undefined && !/^[1-9]\d{0,8}$/.test(value))
      throw this.bad(key, 'It must be a whole number from 1.');
    return value === undefined ? undefined : Number(value);
  }

  bad(key: string, why: string): WmsError {
    return new WmsError({
      kind: 'config/remote-value',
      code: EXIT.usage,
      what: `The setting ${key} of the DVC remote "${this.remote}" cannot be used.`,
      why,
      next: `Correct ${key} under ['remote "${this.remote}"'] in .dvc/config.`,
    });
  }
}
