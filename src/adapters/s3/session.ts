import type { S3Remote } from '../../config/dvc-s3-remote.js';
import type { WmsError } from '../../errors.js';
import type { Prompter } from '../../ports/prompter.js';
import { type AwsFiles, awsFiles, readProfileSettings } from './aws-files.js';
import { type ClientParts, chooseEndpoint } from './client.js';
import {
  type Credentials,
  type CredentialsSource,
  chooseSource,
  credentialsProvider,
} from './credentials.js';
import { s3Error } from './errors.js';
import { failureOf, isWrongRegion } from './failure.js';
import type { CreateTransport, ObjectTransport } from './transport.js';

export interface SessionOptions {
  readonly remote: S3Remote;
  readonly env: NodeJS.ProcessEnv;
  readonly homedir: string;
  readonly prompter: Prompter;
  readonly createTransport: CreateTransport;
}

/** One remote with its transport and credentials, made when they are first needed and again after a change. */
export class S3Session {
  readonly url: string;
  readonly files: AwsFiles;
  source: CredentialsSource;
  private parts: Promise<ClientParts> | undefined;
  private carrier: Promise<ObjectTransport> | undefined;
  private learnedRegion: string | undefined;
  private secrets: string[] = [];
  private region = '';
  private server = 'Amazon S3';

  constructor(private readonly options: SessionOptions) {
    const { remote, env, homedir } = options;
    this.url = `s3://${[remote.bucket, remote.prefix].filter(Boolean).join('/')}`;
    this.files = awsFiles(remote, env, homedir);
    this.source = chooseSource(remote, env, this.files);
  }

  transport(): Promise<ObjectTransport> {
    this.carrier ??= this.clientParts().then(this.options.createTransport);
    return this.carrier;
  }

  clientParts(): Promise<ClientParts> {
    this.parts ??= this.prepare();
    return this.parts;
  }

  /** From now on credentials come from this profile, read anew. */
  useProfile(profile: string): void {
    this.source = { from: 'profile', profile, file: this.files.credentials };
    this.parts = undefined;
    this.carrier = undefined;
  }

  /** Goes on in the bucket's own region if the answer told it and nobody had named another; true if so. */
  async learnRegion(error: unknown): Promise<boolean> {
    const failure = failureOf(error);
    const { bucketRegion } = failure;
    if (!isWrongRegion(failure) || bucketRegion === undefined) return false;
    const { endpoint } = await this.clientParts();
    if (endpoint.isRegionNamed) return this.learnedRegion === bucketRegion;
    this.learnedRegion = bucketRegion;
    this.parts = undefined;
    this.carrier = undefined;
    return true;
  }

  error(error: unknown): WmsError {
    const { url, region, server, source, secrets } = this;
    return s3Error(error, { url, bucket: this.options.remote.bucket, region, server, source, secrets });
  }

  private async prepare(): Promise<ClientParts> {
    const { env, prompter } = this.options;
    const remote = this.learnedRegion
      ? { ...this.options.remote, region: this.learnedRegion }
      : this.options.remote;
    const { source, files } = this;
    const profile = await readProfileSettings(files, source.from === 'profile' ? source.profile : 'default');
    const endpoint = chooseEndpoint(remote, env, profile);
    this.region = endpoint.region;
    if (endpoint.url !== undefined) this.server = endpoint.url;
    const find = credentialsProvider({ source, files, prompter, region: endpoint.region });
    const credentials = async (): Promise<Credentials> => {
      const found = await find();
      this.secrets = [found.secretAccessKey, found.sessionToken ?? ''].filter((secret) => secret !== '');
      return found;
    };
    return { remote, env, endpoint, credentials };
  }
}
