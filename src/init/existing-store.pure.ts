import { join, resolve } from 'node:path';
import { mergeDvcConfig } from '../config/dvc-config.js';
import { resolveRemote } from '../config/dvc-resolve.js';
import { EXIT, WmsError } from '../errors.js';
import type { InitOptions, StoreAnswer } from './answers.pure.js';
import type { RepositoryState } from './state.pure.js';

const KEYS = {
  store: 'url',
  endpointUrl: 'endpointurl',
  region: 'region',
  profile: 'profile',
} as const;

/**
 * The store that `.dvc/config` names, or null when it names none. Throws WmsError `init/store-differs` when the
 * options ask for another one, and the errors of reading DVC's settings.
 */
export function existingStore(
  { files, topLevel }: RepositoryState,
  options: InitOptions,
  homedir: string,
): StoreAnswer | null {
  const file = join(topLevel, '.dvc/config');
  const config = mergeDvcConfig([{ file, text: files.get(file)?.text ?? '' }], homedir);
  if (config.defaultRemote === undefined && config.remotes.size === 0) return null;
  const remote = resolveRemote(config);
  const raw = config.remotes.get(remote.name) ?? {};
  for (const [option, key] of Object.entries(KEYS) as [keyof typeof KEYS, string][]) {
    const asked = options[option];
    const named = String(raw[key] ?? '');
    if (asked !== undefined && !isSame(asked, named, topLevel)) throw differs(key, asked, named);
  }
  return { url: remote.kind === 'directory' ? remote.path : String(raw.url), alreadySet: true };
}

function isSame(asked: string, named: string, topLevel: string): boolean {
  const plain = (text: string) => text.replace(/[\\/]+$/, '');
  return plain(asked) === plain(named) || resolve(topLevel, asked) === named;
}

function differs(key: string, asked: string, named: string): WmsError {
  return new WmsError({
    kind: 'init/store-differs',
    code: EXIT.usage,
    what: `.dvc/config names another store: ${key} is ${named || 'not set'}, not ${asked}`,
    why: 'The dataset is in the store that is named there; init does not move it.',
    next: 'leave the option out, or change .dvc/config yourself after copying the objects',
  });
}
