import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awsFiles, readProfileSettings } from '../../src/adapters/s3/aws-files.js';
import { chooseEndpoint } from '../../src/adapters/s3/client.js';
import { chooseSource, credentialsProvider } from '../../src/adapters/s3/credentials.js';
import { readS3Remote } from '../../src/config/dvc-s3-remote.js';
import { noPrompter } from '../support/no-prompter.js';

const remote = (keys: Record<string, string> = {}) => readS3Remote('r', { url: 's3://b/p', ...keys });
const FILES = { credentials: '/c', config: '/f' };

describe('where requests go', () => {
  const choose = (keys: Record<string, string>, env: NodeJS.ProcessEnv = {}, profile = {}) =>
    chooseEndpoint(remote(keys), env, profile);

  it('to Amazon, virtual-hosted, unless something else is said', () => {
    expect(choose({})).toEqual({
      url: undefined,
      isCustom: false,
      region: 'us-east-1',
      isRegionNamed: false,
      pathStyle: false,
      isSdkOnly: false,
    });
  });

  it('to endpointurl before AWS_ENDPOINT_URL_S3 before AWS_ENDPOINT_URL before the profile', () => {
    const env = { AWS_ENDPOINT_URL_S3: 'http://s3', AWS_ENDPOINT_URL: 'http://all' };
    const profile = { endpointUrl: 'http://profile' };
    expect(choose({ endpointurl: 'http://remote' }, env, profile).url).toBe('http://remote');
    expect(choose({}, env, profile).url).toBe('http://s3');
    expect(choose({}, { AWS_ENDPOINT_URL: 'http://all' }, profile).url).toBe('http://all');
    expect(choose({}, {}, profile).url).toBe('http://profile');
  });

  it('path-style on other servers, unless the AWS settings say virtual', () => {
    expect(choose({ endpointurl: 'http://x' }).pathStyle).toBe(true);
    expect(choose({ endpointurl: 'http://x' }, {}, { addressingStyle: 'virtual' }).pathStyle).toBe(false);
    expect(choose({}, {}, { addressingStyle: 'path' }).pathStyle).toBe(true);
  });

  it('in the region of the remote, the environment, or the profile', () => {
    const env = { AWS_REGION: 'e1', AWS_DEFAULT_REGION: 'e2' };
    expect(choose({ region: 'r' }, env, { region: 'p' })).toMatchObject({ region: 'r', isRegionNamed: true });
    expect(choose({}, env, { region: 'p' }).region).toBe('e1');
    expect(choose({}, { AWS_DEFAULT_REGION: 'e2' }, { region: 'p' }).region).toBe('e2');
    expect(choose({}, {}, { region: 'p' })).toMatchObject({ region: 'p', isRegionNamed: true });
  });

  it('without TLS when use_ssl is off', () => {
    expect(choose({ use_ssl: 'false', region: 'eu-west-1' }).url).toBe('http://s3.eu-west-1.amazonaws.com');
  });
});

describe('the files of the AWS tools', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'wms-aws-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('are named by the environment, then by the remote, then by custom', () => {
    const keys = { credentialpath: '/r/c', configpath: '/r/f' };
    const env = { AWS_SHARED_CREDENTIALS_FILE: '/e/c', AWS_CONFIG_FILE: '/e/f' };
    expect(awsFiles(remote(keys), env, '/home')).toEqual({ credentials: '/e/c', config: '/e/f' });
    expect(awsFiles(remote(keys), {}, '/home')).toEqual({ credentials: '/r/c', config: '/r/f' });
    expect(awsFiles(remote(), {}, '/home')).toEqual({
      credentials: '/home/.aws/credentials',
      config: '/home/.aws/config',
    });
  });

  it('say region, endpoint and addressing of one profile', async () => {
    const files = {
      config: path.join(directory, 'config'),
      credentials: path.join(directory, 'credentials'),
    };
    await writeFile(
      files.config,
      '[default]\nregion = r0\n[profile lab]\nregion=r1\ns3 =\n  addressing_style = virtual\n[profile x]\nregion = r2\n',
    );
    await writeFile(files.credentials, '[lab]\nendpoint_url = http://e\naws_secret_access_key = s\n');
    expect(await readProfileSettings(files, 'lab')).toEqual({
      region: 'r1',
      endpointUrl: 'http://e',
      addressingStyle: 'virtual',
      isSdkOnly: false,
    });
    expect((await readProfileSettings(files, 'default')).region).toBe('r0');
    expect(
      (await readProfileSettings({ config: '/none', credentials: '/none' }, 'lab')).region,
    ).toBeUndefined();
  });

  it('are used for the credentials of a profile', async () => {
    const files = { config: '/none', credentials: path.join(directory, 'credentials') };
    await writeFile(files.credentials, '[lab]\naws_access_key_id = A\naws_secret_access_key = S\n');
    const source = chooseSource(remote({ profile: 'lab' }), {}, files);
    const find = credentialsProvider({ source, files, prompter: noPrompter, region: 'us-east-1' });
    expect(await find()).toMatchObject({ accessKeyId: 'A', secretAccessKey: 'S' });
  });

  it('may ask for an MFA code, which needs a terminal', async () => {
    const files = {
      config: path.join(directory, 'config'),
      credentials: path.join(directory, 'credentials'),
    };
    await writeFile(files.credentials, '[base]\naws_access_key_id = A\naws_secret_access_key = S\n');
    const serial = 'arn:aws:iam::123456789012:mfa/ana';
    await writeFile(
      files.config,
      `[profile lab]\nrole_arn = arn:aws:iam::123456789012:role/r\nsource_profile = base\nmfa_serial = ${serial}\n`,
    );
    const source = chooseSource(remote({ profile: 'lab' }), {}, files);
    const find = (prompter: typeof noPrompter) =>
      credentialsProvider({ source, files, prompter, region: 'us-east-1' })();
    await expect(find(noPrompter)).rejects.toMatchObject({ kind: 'credentials/mfa-needed', code: 4 });
    const asked: string[] = [];
    const input = async (question: string) => {
      asked.push(question);
      throw new Error('Ctrl-C');
    };
    await expect(find({ ...noPrompter, available: true, input })).rejects.toThrow('Ctrl-C');
    expect(asked).toEqual([`MFA code of ${serial}`]);
  });
});

describe('whose credentials', () => {
  const KEYS = { access_key_id: 'D', secret_access_key: 'D' };
  const ENV = { AWS_ACCESS_KEY_ID: 'E', AWS_SECRET_ACCESS_KEY: 'E', AWS_SESSION_TOKEN: 'T' };

  it.each([
    ['nobody, when asked for', { ...KEYS, allow_anonymous_login: 'true' }, ENV, { from: 'anonymous' }],
    ['those in .dvc/config', { ...KEYS, profile: 'p' }, { ...ENV, AWS_PROFILE: 'e' }, { from: 'dvc-config' }],
    [
      'the profile of the remote',
      { profile: 'p' },
      { ...ENV, AWS_PROFILE: 'e' },
      { from: 'profile', profile: 'p' },
    ],
    ['AWS_PROFILE', {}, { ...ENV, AWS_PROFILE: 'e' }, { from: 'profile', profile: 'e' }],
    ['the key variables', {}, ENV, { from: 'environment', keys: { sessionToken: 'T' } }],
    ['whatever the AWS tools find', {}, {}, { from: 'chain', file: '/c' }],
  ])('%s', (_, keys, env, expected) => {
    expect(chooseSource(remote(keys as Record<string, string>), env, FILES)).toMatchObject(expected);
  });
});
