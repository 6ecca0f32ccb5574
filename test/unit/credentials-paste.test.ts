import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceProfile } from '../../src/adapters/s3/credentials-file.js';
import { openS3 } from '../../src/adapters/s3/index.js';
import { askForCredentials, parsePastedCredentials } from '../../src/adapters/s3/paste.js';
import type { Prompter } from '../../src/ports/prompter.js';
import { noPrompter } from '../support/no-prompter.js';
import { s3Remote } from '../support/s3-remote.js';
import { startS3Server } from '../support/s3-server.js';

const KEYS = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: 'se/cr+et',
  sessionToken: 'IQoJb3JpZ2lu//token==',
};
const BLOCK = `[default]
aws_access_key_id=ASIAEXAMPLE
aws_secret_access_key=se/cr+et
aws_session_token=IQoJb3JpZ2lu//token==`;

describe('a pasted block', () => {
  it.each([
    ['as AWS Academy shows it', BLOCK],
    ['without its header', BLOCK.split('\n').slice(1).join('\n')],
    [
      'with CRLF and blanks',
      `\r\n${BLOCK.replaceAll('\n', '\r\n  ').replaceAll('=ASIA', ' = ASIA')}\r\n\r\n`,
    ],
    ['with quotes', BLOCK.replace(/=(\w+.*)$/gm, '="$1"')],
    ['with other settings in it', `${BLOCK}\nregion=us-east-1\noutput=json`],
    ['as export lines', BLOCK.replace(/^aws/gm, 'export AWS').replace('[default]', '')],
    [
      'in capitals, for PowerShell',
      BLOCK.toUpperCase().includes('AWS') ? BLOCK.replace(/^aws_(\w+)=(.*)$/gm, '$Env:AWS_$1="$2"') : '',
    ],
    ['with a token that the terminal broke', BLOCK.replace('//token', '//to\nken')],
    [
      'as JSON of the AWS tools',
      JSON.stringify(
        {
          Credentials: {
            AccessKeyId: KEYS.accessKeyId,
            SecretAccessKey: KEYS.secretAccessKey,
            SessionToken: KEYS.sessionToken,
          },
        },
        null,
        2,
      ),
    ],
  ])('%s', (_, text) => expect(parsePastedCredentials(text)).toEqual(KEYS));

  it('without a token, for a user of one account', () => {
    const text = 'aws_access_key_id=AKIA1\naws_secret_access_key=x';
    expect(parsePastedCredentials(text)).toEqual({ accessKeyId: 'AKIA1', secretAccessKey: 'x' });
  });

  it.each([
    ['', 'no aws_access_key_id'],
    ['hello', 'no aws_access_key_id'],
    ['aws_access_key_id=A', 'no aws_secret_access_key'],
    ['aws_access_key_id=ASIA1\naws_secret_access_key=x', 'no aws_session_token'],
    ['aws_access_key_id=A B\naws_secret_access_key=x', 'a space'],
  ])('%j is refused in words that repeat none of it', (text, words) => {
    const problem = parsePastedCredentials(text);
    expect(problem).toContain(words);
    expect(problem).not.toContain('ASIA1');
  });
});

describe('the credentials file', () => {
  const key = { accessKeyId: 'NEW', secretAccessKey: 'S' };

  it('keeps everything that is not the profile, byte for byte', () => {
    const before = '# mine\n[work]\naws_access_key_id = W\n\n';
    const after = '\n; end\n[other] # x\naws_secret_access_key=O\n  region = r\n';
    const old = `[default]\naws_access_key_id=OLD\nregion = eu-west-1\naws_secret_access_key=OLD\naws_session_token=OLD\n`;
    expect(replaceProfile(before + old + after, 'default', key)).toBe(
      `${before}[default]\naws_access_key_id=NEW\naws_secret_access_key=S\nregion = eu-west-1\n${after}`,
    );
  });

  it.each([
    ['', '[p]\naws_access_key_id=NEW\naws_secret_access_key=S\n'],
    ['[a]\nx=1', '[a]\nx=1\n\n[p]\naws_access_key_id=NEW\naws_secret_access_key=S\n'],
    ['[a]\nx=1\n', '[a]\nx=1\n\n[p]\naws_access_key_id=NEW\naws_secret_access_key=S\n'],
    ['[p]', '[p]\naws_access_key_id=NEW\naws_secret_access_key=S\n'],
    ['[p]\r\nregion=r\r\n', '[p]\r\naws_access_key_id=NEW\r\naws_secret_access_key=S\r\nregion=r\r\n'],
    [
      '[p]\nx=1\n[p]\naws_access_key_id=OLD\n',
      '[p]\naws_access_key_id=NEW\naws_secret_access_key=S\nx=1\n[p]\n',
    ],
  ])('gets a profile: %j', (text, expected) => expect(replaceProfile(text, 'p', key)).toBe(expected));
});

describe('asking', () => {
  let home: string;
  let file: string;
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'wms-home-'));
    file = path.join(home, '.aws', 'credentials');
  });
  afterEach(() => rm(home, { recursive: true }));

  const person = (answers: Partial<Prompter>): Prompter => ({ ...noPrompter, available: true, ...answers });
  const pasting = (...texts: string[]) =>
    person({ select: async (_, choices) => choices[0]!.value, paste: async () => texts.shift() ?? '' });
  const mode = async (name: string) => (await stat(name)).mode & 0o777;

  it('writes a file that only its owner can read, and leaves no other', async () => {
    await askForCredentials(pasting(BLOCK), { profile: 'default', file });
    expect(await readFile(file, 'utf8')).toBe(`${BLOCK}\n`);
    expect(await mode(file)).toBe(0o600);
    expect(await mode(path.dirname(file))).toBe(0o700);
    expect(await readdir(path.dirname(file))).toEqual(['credentials']);
  });

  it('tightens a file that was open to others, and follows a link', async () => {
    await mkdir(path.dirname(file));
    const target = path.join(home, 'dotfiles');
    await writeFile(target, '[other]\nx=1\n');
    await chmod(target, 0o644);
    await symlink(target, file);
    await askForCredentials(pasting(BLOCK), { profile: 'default', file });
    expect(await readFile(target, 'utf8')).toBe(`[other]\nx=1\n\n${BLOCK}\n`);
    expect(await mode(target)).toBe(0o600);
  });

  it('asks again after a bad paste, and gives up after three', async () => {
    await askForCredentials(pasting('oops', BLOCK), { profile: 'lab', file });
    expect(await readFile(file, 'utf8')).toContain('[lab]');
    const asked = askForCredentials(pasting('a', 'b', 'c', BLOCK), { profile: 'lab', file });
    await expect(asked).rejects.toMatchObject({ kind: 'credentials/missing', code: 4 });
  });

  it('takes key by key', async () => {
    const secrets = [' se/cr+et ', ''];
    const prompter = person({
      select: async (_, choices) => choices[1]!.value,
      input: async () => ' AKIA1 ',
      secret: async () => secrets.shift() ?? '',
    });
    await askForCredentials(prompter, { profile: 'p', file });
    expect(await readFile(file, 'utf8')).toBe(
      '[p]\naws_access_key_id=AKIA1\naws_secret_access_key=se/cr+et\n',
    );
  });

  it('never asks when there is nobody', async () => {
    const asked = askForCredentials(noPrompter, { profile: 'p', file });
    await expect(asked).rejects.toMatchObject({ kind: 'credentials/missing', code: 4 });
  });

  it('says when the file cannot be written', async () => {
    await writeFile(path.join(home, '.aws'), 'a file');
    const asked = askForCredentials(pasting(BLOCK), { profile: 'p', file });
    await expect(asked).rejects.toMatchObject({ kind: 'credentials/file-not-writable', code: 4 });
  });

  it('makes the open store use the new credentials at once', async () => {
    const server = await startS3Server({ keys: [KEYS] });
    const remote = s3Remote(server.url, { access_key_id: '', secret_access_key: '', profile: 'lab' });
    const { store, identity, ask } = openS3({ remote, env: {}, prompter: pasting(BLOCK), homedir: home });
    await expect(identity.whoAmI()).rejects.toMatchObject({ kind: 'credentials/missing' });
    await ask();
    expect(await identity.whoAmI()).toContain('ASIAEXAMPLE');
    expect(await store.has('d41d8cd98f00b204e9800998ecf8427e')).toBe(false);
    expect(await readFile(file, 'utf8')).toContain('[lab]');
    await server.close();
  });
});
