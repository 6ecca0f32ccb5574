import path from 'node:path';
import { EXIT, WmsError } from '../errors.js';
import { type IniValue, parseIni } from './dvc-ini.js';
import type { RawRemote } from './dvc-s3-remote.js';

/** One settings file of DVC, not yet read. */
export interface DvcConfigFile {
  /** Absolute; relative paths in the file start from its directory. */
  readonly file: string;
  readonly text: string;
}

/** What the settings files say together. */
export interface DvcConfig {
  readonly defaultRemote: string | undefined;
  readonly remotes: ReadonlyMap<string, RawRemote>;
  /** Keys of the section `cache`, paths resolved. */
  readonly cache: Readonly<Record<string, IniValue>>;
}

const PATH_KEYS = new Set(['url', 'credentialpath', 'configpath', 'dir']);

/**
 * Merges DVC's settings files, weakest first (system, global, `.dvc/config`, `.dvc/config.local`).
 * Throws WmsError `config/dvc-syntax`.
 */
export function mergeDvcConfig(files: readonly DvcConfigFile[], homedir: string): DvcConfig {
  let defaultRemote: string | undefined;
  const remotes = new Map<string, Record<string, IniValue>>();
  const cache: Record<string, IniValue> = {};
  for (const { file, text } of files) {
    for (const [section, keys] of parseIni(text, file)) {
      const remote = /^remote\s+"(.*)"$/.exec(section)?.[1];
      const add = (to: Record<string, IniValue>) => {
        for (const [key, value] of keys) {
          const isPath = PATH_KEYS.has(key) && typeof value === 'string';
          to[key] = isPath ? resolvePath(path.dirname(file), value, homedir) : value;
        }
      };
      if (section === 'core') {
        const name = keys.get('remote');
        if (typeof name === 'string') defaultRemote = name.toLowerCase();
      } else if (section === 'cache') add(cache);
      else if (remote !== undefined) {
        const merged = remotes.get(remote) ?? {};
        add(merged);
        remotes.set(remote, merged);
      }
    }
  }
  return { defaultRemote, remotes, cache };
}

function resolvePath(directory: string, value: string, homedir: string): string {
  if (/^\w+:\/\//.test(value) || path.isAbsolute(value)) return value;
  if (value === '~' || value.startsWith('~/')) return path.join(homedir, value.slice(1));
  return path.resolve(directory, value);
}

export interface DvcConfigParts {
  /** `s3://bucket/prefix` or a directory; a relative one starts from the top of the repository. */
  readonly url: string;
  readonly endpointUrl?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}

/**
 * Text of a minimal `.dvc/config` with one default remote. DVC resolves a relative url from `.dvc/`.
 * Throws WmsError `config/value-not-writable` for a value that DVC's format cannot hold.
 */
export function renderDvcConfig({ url, endpointUrl, region, profile }: DvcConfigParts): string {
  const isRelative = !/^\w+:\/\//.test(url) && !path.isAbsolute(url) && !/^~(\/|$)/.test(url);
  const remote = {
    url: isRelative ? path.posix.join('..', url) : url,
    endpointurl: endpointUrl,
    region,
    profile,
  };
  const lines = ['[core]', '    remote = storage', `['remote "storage"']`];
  for (const [key, value] of Object.entries(remote)) {
    if (value !== undefined) lines.push(`    ${key} = ${quote(value)}`);
  }
  return `${lines.join('\n')}\n`;
}

function quote(value: string): string {
  if (/^[^\s'",#]([^'",#\r\n]*[^\s'",#])?$/.test(value)) return value;
  if (!/["\r\n]/.test(value)) return `"${value}"`;
  if (!/['\r\n]/.test(value)) return `'${value}'`;
  throw new WmsError({
    kind: 'config/value-not-writable',
    code: EXIT.usage,
    what: `${JSON.stringify(value)} cannot be written into .dvc/config.`,
    why: 'It holds both kinds of quotes, or a line break.',
    next: 'Choose another name.',
  });
}
