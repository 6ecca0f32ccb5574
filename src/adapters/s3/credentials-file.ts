import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, realpath, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { EXIT, WmsError } from '../../errors.js';

export interface ProfileKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

const KEY_LINE = /^\s*(aws_access_key_id|aws_secret_access_key|aws_session_token|aws_security_token)\s*=/i;

/**
 * The text of a credentials file with the keys of one profile replaced, or the profile appended. Everything else
 * stays byte for byte.
 */
export function replaceProfile(text: string, profile: string, keys: ProfileKeys): string {
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const added = [
    `aws_access_key_id=${keys.accessKeyId}`,
    `aws_secret_access_key=${keys.secretAccessKey}`,
    ...(keys.sessionToken === undefined ? [] : [`aws_session_token=${keys.sessionToken}`]),
  ].map((line) => line + eol);
  const kept: string[] = [];
  let inside = false;
  let isWritten = false;
  for (const line of text.split(/(?<=\n)/)) {
    const section = /^\s*\[\s*(.*?)\s*\]/.exec(line)?.[1];
    if (section !== undefined) inside = section === profile;
    // The SDK joins sections of the same name, so old keys must go from all of them.
    if (inside && KEY_LINE.test(line)) continue;
    kept.push(line);
    if (section === undefined || !inside || isWritten) continue;
    if (!line.endsWith('\n')) kept.push(eol);
    kept.push(...added);
    isWritten = true;
  }
  if (isWritten) return kept.join('');
  const gap = text === '' ? '' : text.endsWith('\n') ? eol : eol + eol;
  return text + gap + [`[${profile}]${eol}`, ...added].join('');
}

/**
 * Writes one profile; readable by the owner only, complete or not at all. Throws WmsError
 * `credentials/file-not-writable`.
 */
export async function writeProfile(file: string, profile: string, keys: ProfileKeys): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    // Dotfile managers keep this file as a link; the link should stay one.
    const target = await realpath(file).catch(() => file);
    const text = await readFile(target, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    await replaceFile(target, replaceProfile(text, profile, keys));
  } catch (error) {
    throw new WmsError({
      kind: 'credentials/file-not-writable',
      code: EXIT.credentials,
      what: `The credentials could not be written to ${file}.`,
      why: (error as Error).message,
      next: 'Make the file and its directory writable for you, then try again.',
    });
  }
}

async function replaceFile(file: string, text: string): Promise<void> {
  const temporary = `${file}.wms-${randomUUID()}`;
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}
