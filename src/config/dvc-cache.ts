import path from 'node:path';
import { EXIT, WmsError } from '../errors.js';
import type { IniValue } from './dvc-ini.js';

const LINK_TYPES = ['reflink', 'hardlink', 'symlink', 'copy'] as const;

/** How a file of the working tree shares its bytes with the cache. */
export type LinkType = (typeof LINK_TYPES)[number];

/** The section `cache` of `.dvc/config`. */
export interface CacheSettings {
  /** Absolute. Objects are below `files/md5`. */
  readonly dir: string;
  /** In the order in which they are tried. */
  readonly types: readonly LinkType[];
  /** New directories are writable by the group (`shared = group`). */
  readonly shared: boolean;
}

/** Throws WmsError `config/cache-value`. */
export function readCacheSettings(raw: Readonly<Record<string, IniValue>>, topLevel: string): CacheSettings {
  const named = raw.type === undefined ? ['reflink', 'copy'] : [raw.type].flat();
  const types = named.flatMap((value) => value.split(',')).map((value) => value.trim().toLowerCase());
  const unknown = types.find((value) => !LINK_TYPES.some((type) => type === value));
  if (unknown !== undefined) throw badType(unknown);
  return {
    dir: typeof raw.dir === 'string' && raw.dir !== '' ? raw.dir : path.join(topLevel, '.dvc', 'cache'),
    types: types as LinkType[],
    shared: String(raw.shared ?? '').toLowerCase() === 'group',
  };
}

function badType(value: string): WmsError {
  return new WmsError({
    kind: 'config/cache-value',
    code: EXIT.usage,
    what: `The type of the cache in .dvc/config cannot be ${JSON.stringify(value)}.`,
    why: `DVC knows ${LINK_TYPES.join(', ')}, alone or as a list.`,
    next: 'Correct it: dvc config cache.type reflink,copy',
  });
}
