import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { S3Remote } from '../../config/dvc-s3-remote.js';

export interface AwsFiles {
  readonly credentials: string;
  readonly config: string;
}

/** Where AWS keeps settings. As with DVC, the environment beats the remote's `credentialpath` and `configpath`. */
export function awsFiles(remote: S3Remote, env: NodeJS.ProcessEnv, homedir: string): AwsFiles {
  return {
    credentials:
      env.AWS_SHARED_CREDENTIALS_FILE || remote.credentialPath || path.join(homedir, '.aws', 'credentials'),
    config: env.AWS_CONFIG_FILE || remote.configPath || path.join(homedir, '.aws', 'config'),
  };
}

export interface ProfileSettings {
  readonly region?: string | undefined;
  readonly endpointUrl?: string | undefined;
  readonly addressingStyle?: string | undefined;
  /** Endpoints for each service, or other hosts of Amazon's (dual-stack, FIPS): nothing that this program follows. */
  readonly isSdkOnly?: boolean;
}

/** Settings of one profile that decide where requests go. Files that are not there say nothing. */
export async function readProfileSettings(files: AwsFiles, profile: string): Promise<ProfileSettings> {
  const [config, credentials] = await Promise.all(
    [files.config, files.credentials].map((file) => readFile(file, 'utf8').catch(() => '')),
  );
  const section = profile === 'default' ? ['default', 'profile default'] : [`profile ${profile}`];
  const values = new Map([
    ...sectionValues(config ?? '', section),
    ...sectionValues(credentials ?? '', [profile]),
  ]);
  return {
    region: values.get('region'),
    endpointUrl: values.get('endpoint_url'),
    addressingStyle: values.get('s3.addressing_style'),
    isSdkOnly:
      values.has('services') ||
      ['use_dualstack_endpoint', 'use_fips_endpoint'].some((key) => values.get(key) === 'true'),
  };
}

/** Keys of the named sections; an indented key belongs to the one above it: `s3.addressing_style`. */
function sectionValues(text: string, names: readonly string[]): Map<string, string> {
  const values = new Map<string, string>();
  let inside = false;
  let parent = '';
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[\s*(.*?)\s*\]/.exec(line)?.[1];
    if (section !== undefined) inside = names.includes(section.replace(/\s+/g, ' '));
    const [, indent, key, value] = /^(\s*)([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (!inside || key === undefined || value === undefined) continue;
    if (indent === '') parent = key;
    values.set(indent === '' ? key : `${parent}.${key}`, value);
  }
  return values;
}
