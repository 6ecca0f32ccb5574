import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mergeDvcConfig, renderDvcConfig } from '../../src/config/dvc-config.js';
import { parseIni } from '../../src/config/dvc-ini.js';
import { readDvcRemote } from '../../src/config/dvc-remote.js';
import { type Remote, resolveRemote } from '../../src/config/dvc-resolve.js';
import { isWmsError, type WmsError } from '../../src/errors.js';

const HOME = '/home/ana';
const resolve = (text: string, name?: string): Remote =>
  resolveRemote(mergeDvcConfig([{ file: '/repo/.dvc/config', text }], HOME), name);
const remote = (body: string) => resolve(`[core]\nremote = r\n['remote "r"']\n${body}`);

function errorOf(action: () => unknown): WmsError {
  try {
    action();
  } catch (error) {
    if (isWmsError(error)) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('the syntax of ConfigObj', () => {
  const value = (text: string) => parseIni(`key = ${text}`, 'f').get('')?.get('key');

  it.each([
    ['plain text', 'plain text'],
    ['s3://b/p # comment', 's3://b/p'],
    ['s3://b/p#comment', 's3://b/p'],
    ['"quoted, with # and comma" # comment', 'quoted, with # and comma'],
    [`'it said "hi"'`, 'it said "hi"'],
    [`"""both " and '"""`, `both " and '`],
    ['""', ''],
    ['', ''],
    ['a=b', 'a=b'],
    ["don't", "don't"],
  ])('%s', (text, expected) => expect(value(text)).toBe(expected));

  it.each([
    ['a, b', ['a', 'b']],
    ['a,', ['a']],
    [',', []],
    ['"a, b", c', ['a, b', 'c']],
  ])('makes a list of %s', (text, expected) => expect(value(text)).toEqual(expected));

  it('lowercases names, takes quoted ones, CRLF and a byte order mark', () => {
    const sections = parseIni(
      `\uFEFF# top\r\n[CORE]\r\n  Remote = S3  \r\n['Remote "S3"'] # x\r\n"URL" = s3://b\r\n`,
      'f',
    );
    expect(sections.get('core')?.get('remote')).toBe('S3');
    expect(sections.get('remote "s3"')?.get('url')).toBe('s3://b');
  });

  it.each([
    ['[core]\nnothing', 2],
    ['[core]\nurl = "open', 2],
    ['[core\nurl = x', 1],
    ['[a]\nx = 1\nx = 2', 3],
    ['[a]\n[A]', 2],
  ])('says where %j is wrong', (text, line) => {
    const error = errorOf(() => parseIni(text, '.dvc/config'));
    expect(error).toMatchObject({ kind: 'config/dvc-syntax', code: 2 });
    expect(error.message).toContain(`.dvc/config, line ${line}`);
  });
});

describe('the remote', () => {
  it('in S3, with everything that can be set', () => {
    const all = `url = s3://bucket/some/prefix/
      endpointurl = https://s3.example.com
      region = eu-central-1
      profile = team
      credentialpath = ../secret/credentials
      configpath = ~/aws-config
      access_key_id = AKIA
      secret_access_key = "se,cret"
      session_token = token==
      connect_timeout = 3
      read_timeout = 60
      use_ssl = false
      ssl_verify = /etc/ca.pem
      jobs = 8
      sse = aws:kms
      sse_kms_key_id = key
      grant_read = id=1
      grant_read_acp = id=2
      grant_write_acp = id=3
      grant_full_control = id=4
      allow_anonymous_login = no
      listobjects = true
      verify = true`;
    expect(remote(all)).toEqual({
      kind: 's3',
      name: 'r',
      bucket: 'bucket',
      prefix: 'some/prefix',
      endpointUrl: 'https://s3.example.com',
      region: 'eu-central-1',
      profile: 'team',
      credentialPath: '/repo/secret/credentials',
      configPath: '/home/ana/aws-config',
      accessKeyId: 'AKIA',
      secretAccessKey: 'se,cret',
      sessionToken: 'token==',
      anonymous: false,
      connectTimeout: 3,
      readTimeout: 60,
      useSsl: false,
      sslVerify: '/etc/ca.pem',
      jobs: 8,
      sse: 'aws:kms',
      sseKmsKeyId: 'key',
      grantRead: 'id=1',
      grantReadAcp: 'id=2',
      grantWriteAcp: 'id=3',
      grantFullControl: 'id=4',
    });
  });

  it('in a bucket without a prefix', () => {
    expect(remote('url = s3://bucket')).toMatchObject({
      bucket: 'bucket',
      prefix: '',
      useSsl: true,
      sslVerify: true,
    });
  });

  it.each([
    ['../../store', '/store'],
    ['store', '/repo/.dvc/store'],
    ['/abs/store', '/abs/store'],
    ['~/store', '/home/ana/store'],
    ['file:///abs/a%20b', '/abs/a b'],
  ])('in the directory %s', (url, expected) => {
    expect(remote(`url = ${url}`)).toMatchObject({ kind: 'directory', path: expected });
  });

  it('takes settings over from another one', () => {
    const base = `['remote "base"']\nurl = s3://bucket/top\nregion = eu-west-1\nprofile = p\n`;
    const text = `[core]\nremote = CHILD\n${base}['remote "child"']\nurl = remote://base/sub/dir\nprofile = own`;
    expect(resolve(text)).toMatchObject({
      bucket: 'bucket',
      prefix: 'top/sub/dir',
      region: 'eu-west-1',
      profile: 'own',
    });
    expect(resolve(text, 'Base')).toMatchObject({ prefix: 'top', profile: 'p' });
  });

  it('comes from several files, the later ones winning, paths relative to each', () => {
    const files = [
      { file: '/etc/xdg/dvc/config', text: `[core]\nremote = sys\n['remote "sys"']\nurl = here` },
      {
        file: '/repo/.dvc/config',
        text: `[core]\nremote = s3\n['remote "s3"']\nurl = s3://b/p\nregion = r1`,
      },
      { file: '/repo/.dvc/config.local', text: `['remote "s3"']\nregion = r2\nprofile = mine` },
    ];
    const config = mergeDvcConfig(files, HOME);
    expect(resolveRemote(config)).toMatchObject({ bucket: 'b', region: 'r2', profile: 'mine' });
    expect(resolveRemote(config, 'sys')).toMatchObject({ kind: 'directory', path: '/etc/xdg/dvc/here' });
  });

  it.each([
    'gs://b/p',
    'azure://c/p',
    'ssh://h/p',
    'http://h/p',
    'gdrive://x',
    'oss://b/p',
    'hdfs://h/p',
    'webdavs://h',
  ])('is refused by name when it is %s', (url) => {
    const error = errorOf(() => remote(`url = ${url}`));
    expect(error).toMatchObject({ kind: 'config/unsupported-remote', code: 2, next: expect.any(String) });
    expect(`${error.message} ${error.why}`).toContain(`"r"`);
    expect(error.why).toContain(`${url.split(':')[0]}://`);
  });

  it.each(['version_aware', 'worktree'])('is refused by name when it is %s', (layout) => {
    const error = errorOf(() => remote(`url = s3://b/p\n${layout} = true`));
    expect(error).toMatchObject({ kind: 'config/unsupported-remote', code: 2 });
    expect(error.why).toContain(layout);
    expect(remote(`url = s3://b/p\n${layout} = false`).kind).toBe('s3');
  });

  it('is refused when it refers to itself or to nothing', () => {
    expect(errorOf(() => remote('url = remote://r/x')).kind).toBe('config/unsupported-remote');
    expect(errorOf(() => remote('url = remote://gone/x')).message).toContain('"gone"');
  });

  it('is missing', () => {
    expect(errorOf(() => resolve(''))).toMatchObject({
      kind: 'config/no-store',
      code: 2,
      next: 'npx wms init',
    });
    expect(errorOf(() => resolve(`['remote "a"']\nurl = /x`))).toMatchObject({
      kind: 'config/no-store',
      next: 'Write "remote = a" under [core] in .dvc/config.',
    });
    expect(errorOf(() => resolve('[core]\nremote = gone'))).toMatchObject({
      kind: 'config/unknown-remote',
      code: 2,
    });
  });

  it.each([
    ['endpoint_url = https://x', 'Did you mean endpointurl?'],
    ['jobs = many', 'whole number'],
    ['use_ssl = maybe', 'true or false'],
    ['endpointurl = s3.example.com', 'https://'],
    ['secret_access_key = x', 'together'],
    ['acl = private\ngrant_read = id=1', 'grant_'],
    ['sse_kms_key_id = a\nsse_customer_key = b', 'sse_customer_key'],
    ['secret_access_key = a,b', 'quotes'],
  ])('has a value that makes no sense: %s', (line, hint) => {
    const error = errorOf(() => remote(`url = s3://b/p\n${line}`));
    expect(error).toMatchObject({ kind: 'config/remote-value', code: 2 });
    expect(error.why).toContain(hint);
  });
});

describe('the file that wms init writes', () => {
  it.each([
    ['s3://bucket/p', { kind: 's3', bucket: 'bucket', prefix: 'p' }],
    ['../store', { kind: 'directory', path: '/store' }],
    ['data/store, old #1', { kind: 'directory', path: '/repo/data/store, old #1' }],
    [`it's here`, { kind: 'directory', path: `/repo/it's here` }],
    ['/abs/"x"', { kind: 'directory', path: '/abs/"x"' }],
    ['~/store', { kind: 'directory', path: '/home/ana/store' }],
  ])('leads back to %s', (url, expected) => {
    expect(resolve(renderDvcConfig({ url }))).toMatchObject(expected);
  });

  it('has only what is needed', () => {
    expect(renderDvcConfig({ url: 's3://b/p', endpointUrl: 'https://e', region: 'r', profile: 'q' })).toBe(
      `[core]\n    remote = storage\n['remote "storage"']\n    url = s3://b/p\n    endpointurl = https://e\n    region = r\n    profile = q\n`,
    );
  });

  it('refuses what the format cannot hold', () => {
    expect(errorOf(() => renderDvcConfig({ url: `/a'b"c` })).kind).toBe('config/value-not-writable');
    expect(errorOf(() => renderDvcConfig({ url: '/a\nb' })).kind).toBe('config/value-not-writable');
  });
});

describe('the files of one repository', () => {
  let top: string;
  beforeEach(async () => {
    top = await mkdtemp(path.join(tmpdir(), 'wms-dvc-'));
  });
  afterEach(() => rm(top, { recursive: true }));
  const write = async (file: string, text: string) => {
    await mkdir(path.dirname(path.join(top, file)), { recursive: true });
    await writeFile(path.join(top, file), text);
  };
  const read = (env: NodeJS.ProcessEnv = {}, platform: NodeJS.Platform = 'linux') =>
    readDvcRemote({ topLevel: top, env, homedir: path.join(top, 'home'), platform });

  it('are read in the order of DVC', async () => {
    await write('sys/dvc/config', `['remote "r"']\nurl = s3://sys/x\nregion = r0\nprofile = p0\njobs = 1`);
    await write('home/.config/dvc/config', `[core]\nremote = r\n['remote "r"']\nregion = r1\nprofile = p1`);
    await write('.dvc/config', `['remote "r"']\nurl = s3://repo/x\nprofile = p2`);
    await write('.dvc/config.local', `['remote "r"']\nprofile = p3`);
    const env = { XDG_CONFIG_DIRS: `${top}/sys:/elsewhere` };
    expect(await read(env)).toMatchObject({ bucket: 'repo', jobs: 1, region: 'r1', profile: 'p3' });
  });

  it('are looked for where DVC looks on other systems', async () => {
    const text = `[core]\nremote = r\n['remote "r"']\nurl = s3://b/x`;
    await write('home/Library/Application Support/dvc/config', text);
    expect(await read({}, 'darwin')).toMatchObject({ bucket: 'b' });
    await write('global/config', text.replace('s3://b', 's3://g'));
    expect(await read({ DVC_GLOBAL_CONFIG_DIR: path.join(top, 'global') })).toMatchObject({ bucket: 'g' });
  });

  it('may be missing altogether', async () => {
    const env = { DVC_SYSTEM_CONFIG_DIR: path.join(top, 'none') };
    await expect(read(env)).rejects.toMatchObject({ kind: 'config/no-store', code: 2 });
  });

  it('may be unreadable', async () => {
    await mkdir(path.join(top, '.dvc', 'config'), { recursive: true });
    await expect(read()).rejects.toMatchObject({ kind: 'config/unreadable', code: 2 });
  });
});
