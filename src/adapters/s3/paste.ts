import { EXIT, WmsError } from '../../errors.js';
import type { Prompter } from '../../ports/prompter.js';
import { type ProfileKeys, writeProfile } from './credentials-file.js';

const ATTEMPTS = 3;

/**
 * The keys in a pasted block: as AWS Academy shows it, with or without `[default]`, as `export` lines, or as JSON of
 * the AWS tools. A string says what is wrong with it, without repeating any of it.
 */
export function parsePastedCredentials(text: string): ProfileKeys | string {
  const found = new Map<string, string>();
  let last: string | undefined;
  for (const line of text.split(/\r\n|\n|\r/)) {
    const [, name, value] =
      /(?:^|[\s":])(?:aws_?)?(access_?key_?id|secret_?access_?key|session_?token)"?\s*[=:]\s*(.*)$/i.exec(
        line,
      ) ?? [];
    if (name !== undefined && value !== undefined) {
      last = name.toLowerCase().replaceAll('_', '');
      found.set(last, clean(value));
    } else if (last === 'sessiontoken' && /^\s*[A-Za-z0-9+/]+=*\s*$/.test(line)) {
      // Terminals wrap the long token, and some paste the break.
      found.set(last, (found.get(last) ?? '') + line.trim());
    } else if (line.trim() !== '') {
      last = undefined;
    }
  }
  const accessKeyId = found.get('accesskeyid');
  const secretAccessKey = found.get('secretaccesskey');
  const sessionToken = found.get('sessiontoken');
  if (!accessKeyId) return 'There is no aws_access_key_id in it.';
  if (!secretAccessKey) return 'There is no aws_secret_access_key in it.';
  if (/^ASIA/.test(accessKeyId) && !sessionToken) {
    return 'There is no aws_session_token in it, and a key that starts with ASIA needs one.';
  }
  if ([accessKeyId, secretAccessKey, sessionToken ?? ''].some((value) => /\s/.test(value))) {
    return 'One of the values holds a space.';
  }
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

function clean(value: string): string {
  return value
    .trim()
    .replace(/[,;]+$/, '')
    .replace(/^(["'])(.*)\1$/, '$2')
    .trim();
}

export interface AskOptions {
  readonly profile: string;
  /** The credentials file that the profile is written to. */
  readonly file: string;
}

/** Asks for credentials and keeps them. Throws WmsError `credentials/missing` when there is nobody to ask. */
export async function askForCredentials(prompter: Prompter, { profile, file }: AskOptions): Promise<void> {
  if (!prompter.available) {
    throw missing('There is no terminal to ask for them.', `Run in a terminal: npx wms login`);
  }
  const way = await prompter.select(`Credentials for the profile "${profile}" (written to ${file})`, [
    { value: 'paste', name: 'Paste a block, as AWS Academy shows it under "AWS CLI"' },
    { value: 'keys', name: 'Type or paste each key' },
  ]);
  await writeProfile(
    file,
    profile,
    way === 'paste' ? await askForBlock(prompter) : await askForKeys(prompter),
  );
}

async function askForBlock(prompter: Prompter): Promise<ProfileKeys> {
  let question = 'Paste the block with aws_access_key_id, aws_secret_access_key and aws_session_token';
  for (let attempt = 1; ; attempt += 1) {
    const keys = parsePastedCredentials(await prompter.paste(question));
    if (typeof keys !== 'string') return keys;
    if (attempt === ATTEMPTS) throw missing(keys, 'Copy the whole block, then run: npx wms login');
    question = `${keys} Paste the whole block again`;
  }
}

async function askForKeys(prompter: Prompter): Promise<ProfileKeys> {
  const filled = (value: string) => /^\s*\S+\s*$/.test(value) || 'One word, please.';
  const accessKeyId = (await prompter.input('aws_access_key_id', { validate: filled })).trim();
  const secretAccessKey = (await prompter.secret('aws_secret_access_key')).trim();
  const sessionToken = (await prompter.secret('aws_session_token (empty if there is none)')).trim();
  if (secretAccessKey === '') throw missing('The secret key was empty.', 'npx wms login');
  return { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) };
}

function missing(why: string, next: string): WmsError {
  return new WmsError({
    kind: 'credentials/missing',
    code: EXIT.credentials,
    what: 'There are no usable credentials.',
    why,
    next,
  });
}
