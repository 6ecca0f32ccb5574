import { EC2 } from '@aws-sdk/client-ec2';
import { STS } from '@aws-sdk/client-sts';
import type { S3Remote } from '../../config/dvc-s3-remote.js';
import { isWmsError, type WmsError } from '../../errors.js';
import type { Prompter } from '../../ports/prompter.js';
import type { Timing } from '../../ports/timing.js';
import { withRetries } from '../retry.js';
import { awsFiles, readProfileSettings } from '../s3/aws-files.js';
import { silenceVersionWarning } from '../s3/client.js';
import { connectionSettings } from '../s3/connection-settings.js';
import { type Credentials, chooseSource, credentialsProvider } from '../s3/credentials.js';
import { type Failure, failureOf, isTransient } from '../s3/failure.js';
import { ec2Error, hasNoRoom } from './errors.js';
import { explained } from './refusal.js';

/** How long one question is asked again after failures of the network or of AWS. */
const LONGEST_MS = 60_000;
/** How long something that was just made may be unknown. */
const SETTLING_MS = 20_000;

export interface AccountParts {
  /** Its credentials are used here, too. */
  readonly remote: S3Remote;
  readonly env: NodeJS.ProcessEnv;
  readonly prompter: Prompter;
  readonly homedir: string;
  readonly timing: Timing;
  readonly region: string;
}

interface Asking<T> {
  /** Errors of EC2 that are answers. */
  readonly known?: Readonly<Record<string, (failure: Failure) => T>>;
  /** Errors of EC2 that pass by themselves shortly after something was made. */
  readonly settling?: readonly string[];
  /** Default: that of the account. */
  readonly region?: string;
}

/** One AWS account as EC2 sees it: every question bounded and asked again after transient failures. */
export interface Account {
  readonly region: string;
  readonly timing: Timing;
  /** Those that EC2 is asked with. */
  credentials(): Promise<Credentials>;
  /** What somebody else was told by EC2, in the same words as here. */
  errorOf(error: unknown): Promise<WmsError>;
  ask<T, U = never>(question: (ec2: EC2) => Promise<T>, asking?: Asking<U>): Promise<T | U>;
}

/** Throws WmsError `config/ca-bundle`. */
export async function openAccount(parts: AccountParts): Promise<Account> {
  silenceVersionWarning();
  const { remote, env, prompter, homedir, timing, region } = parts;
  const files = awsFiles(remote, env, homedir);
  const source = chooseSource(remote, env, files);
  const profile = await readProfileSettings(files, source.from === 'profile' ? source.profile : 'default');
  // The store's certificates are another matter: it may be somebody else's server.
  const connection = await connectionSettings({ ...remote, sslVerify: true }, env);
  const find = credentialsProvider({ source, files, prompter, region });
  let secrets: string[] = [];
  const credentials = async () => {
    const found = await find();
    secrets = [found.secretAccessKey, found.sessionToken ?? ''].filter((secret) => secret !== '');
    return found;
  };
  const settings = {
    credentials,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: connection.connectTimeout,
      socketTimeout: connection.readTimeout,
      httpsAgent: { keepAlive: true, ...connection.tls },
    },
  };
  const common = env.AWS_ENDPOINT_URL || profile.endpointUrl;
  const endpointOf = (own: string | undefined): { endpoint?: string } => {
    const endpoint = own || common;
    return endpoint ? { endpoint } : {};
  };
  const named = endpointOf(env.AWS_ENDPOINT_URL_EC2).endpoint;
  const clients = new Map<string, EC2>();
  const clientIn = (place: string): EC2 => {
    const client =
      clients.get(place) ?? new EC2({ ...settings, ...endpointOf(env.AWS_ENDPOINT_URL_EC2), region: place });
    clients.set(place, client);
    return client;
  };
  const openSts = async () => new STS({ ...settings, ...endpointOf(env.AWS_ENDPOINT_URL_STS), region });
  const context = {
    subject: `Amazon EC2 in ${region}`,
    server: named === undefined ? `Amazon EC2 in ${region}` : `EC2 at ${named}`,
    source,
    region,
    again: 'try again',
  };
  const errorOf = async (error: unknown): Promise<WmsError> =>
    isWmsError(error) ? error : ec2Error(await explained(error, secrets, openSts), context);

  return {
    region,
    timing,
    credentials,
    errorOf,
    async ask(question, { known = {}, settling = [], region: place = region } = {}) {
      const judge = (error: unknown) => {
        const failure = failureOf(error);
        if (settling.includes(failure.name)) return { retry: 'later', deadline: SETTLING_MS } as const;
        const isAnswer = Object.hasOwn(known, failure.name) || hasNoRoom(failure) || isWmsError(error);
        if (isAnswer || !isTransient(failure)) return { retry: 'no' } as const;
        return { retry: 'later', deadline: LONGEST_MS } as const;
      };
      try {
        return await withRetries(() => question(clientIn(place)), { timing, judge });
      } catch (error) {
        const failure = failureOf(error, secrets);
        const answer = Object.hasOwn(known, failure.name) ? known[failure.name] : undefined;
        if (answer !== undefined) return answer(failure);
        throw await errorOf(error);
      }
    },
  };
}
