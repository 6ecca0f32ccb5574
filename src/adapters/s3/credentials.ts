import type { S3Remote } from '../../config/dvc-s3-remote.js';
import { EXIT, WmsError } from '../../errors.js';
import type { Prompter } from '../../ports/prompter.js';
import type { AwsFiles } from './aws-files.js';

/** As the SDK wants them. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export type CredentialsProvider = () => Promise<Credentials>;

/** Where credentials come from, in the order in which the AWS tools look. */
export type CredentialsSource =
  | { readonly from: 'dvc-config' | 'environment'; readonly keys: Credentials }
  | { readonly from: 'anonymous' }
  | { readonly from: 'profile'; readonly profile: string; readonly file: string }
  /** Default profile, single sign-on, containers, machine roles: whatever the AWS tools would find. */
  | { readonly from: 'chain'; readonly file: string };

export function chooseSource(remote: S3Remote, env: NodeJS.ProcessEnv, files: AwsFiles): CredentialsSource {
  if (remote.anonymous) return { from: 'anonymous' };
  if (remote.accessKeyId !== undefined && remote.secretAccessKey !== undefined) {
    return {
      from: 'dvc-config',
      keys: keys(remote.accessKeyId, remote.secretAccessKey, remote.sessionToken),
    };
  }
  const profile = remote.profile ?? env.AWS_PROFILE;
  if (profile) return { from: 'profile', profile, file: files.credentials };
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = env;
  if (id && secret) return { from: 'environment', keys: keys(id, secret, token) };
  return { from: 'chain', file: files.credentials };
}

/** Completes "credentials come from …". */
export function describeSource(source: CredentialsSource): string {
  switch (source.from) {
    case 'dvc-config':
      return 'the remote in .dvc/config or .dvc/config.local';
    case 'environment':
      return 'the environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
    case 'anonymous':
      return 'nowhere (allow_anonymous_login is set)';
    case 'profile':
      return `the profile "${source.profile}" in ${source.file}`;
    case 'chain':
      return `the environment, ${source.file}, and this machine's role`;
  }
}

function keys(accessKeyId: string, secretAccessKey: string, sessionToken: string | undefined): Credentials {
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

export interface ProviderParts {
  readonly source: CredentialsSource;
  readonly files: AwsFiles;
  readonly prompter: Prompter;
  readonly region: string;
}

/** Finds credentials when they are first asked for, once for all clients: an MFA code must not be asked twice. */
export function credentialsProvider({ source, files, prompter, region }: ProviderParts): CredentialsProvider {
  if (source.from === 'dvc-config' || source.from === 'environment') return async () => source.keys;
  if (source.from === 'anonymous') return async () => ({ accessKeyId: '', secretAccessKey: '' });
  const find = async (): Promise<Credentials> => {
    const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
    const chain = fromNodeProviderChain({
      ...(source.from === 'profile' ? { profile: source.profile } : {}),
      filepath: files.credentials,
      configFilepath: files.config,
      ignoreCache: true,
      clientConfig: { region },
      mfaCodeProvider: (serial) => askForCode(prompter, serial),
    });
    return chain();
  };
  let found: Promise<Credentials> | undefined;
  return async () => {
    found ??= find();
    const current = await found;
    if (!isStale(current)) return current;
    found = find();
    return found;
  };
}

function isStale({ expiration }: Credentials): boolean {
  return expiration !== undefined && expiration.getTime() - Date.now() < 60_000;
}

async function askForCode(prompter: Prompter, serial: string): Promise<string> {
  if (prompter.available) {
    const isCode = (value: string) => /^\d{6}$/.test(value.trim()) || 'It has six digits.';
    return (await prompter.input(`MFA code of ${serial}`, { validate: isCode })).trim();
  }
  throw new WmsError({
    kind: 'credentials/mfa-needed',
    code: EXIT.credentials,
    what: `The profile needs an MFA code of ${serial}.`,
    why: 'There is no terminal to ask for it.',
    next: 'Push from a terminal.',
  });
}
