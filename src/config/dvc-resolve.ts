import { fileURLToPath } from 'node:url';
import { EXIT, WmsError } from '../errors.js';
import type { DvcConfig } from './dvc-config.js';
import { type RawRemote, RemoteKeys, readS3Remote, type S3Remote } from './dvc-s3-remote.js';

interface DirectoryRemote {
  readonly kind: 'directory';
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** `shared = group`: new directories are writable by the group. */
  readonly shared: boolean;
}

/** Where the dataset's objects live, as `.dvc/config` says. */
export type Remote = DirectoryRemote | S3Remote;

const COMMON = ['url', 'jobs', 'checksum_jobs', 'worktree', 'version_aware', 'no_traverse', 'verify'];
const KNOWN = {
  directory: [...COMMON, 'type', 'protected', 'shared', 'slow_link_warning'],
  s3: [
    ...COMMON,
    ...['region', 'profile', 'credentialpath', 'configpath', 'endpointurl', 'listobjects', 'cache_regions'],
    ...[
      'access_key_id',
      'secret_access_key',
      'session_token',
      'allow_anonymous_login',
      'use_ssl',
      'ssl_verify',
    ],
    ...[
      'sse',
      'sse_kms_key_id',
      'sse_customer_algorithm',
      'sse_customer_key',
      'connect_timeout',
      'read_timeout',
    ],
    ...['acl', 'grant_read', 'grant_read_acp', 'grant_write_acp', 'grant_full_control'],
  ],
};

/**
 * The remote called `name`, or the default one. Throws WmsError (exit code 2): `config/no-store` when none is set
 * up, `config/unknown-remote`, `config/unsupported-remote` for layouts and kinds of storage that this program does
 * not write, `config/remote-value` for a value or key that makes no sense.
 */
export function resolveRemote(config: DvcConfig, name?: string): Remote {
  const wanted = name?.toLowerCase() ?? config.defaultRemote;
  if (wanted === undefined) throw noStore(config);
  const raw = inherit(config, wanted, []);
  const keys = new RemoteKeys(wanted, raw);
  for (const layout of ['version_aware', 'worktree']) {
    if (keys.flag(layout) === true) {
      throw unsupported(wanted, `It is a ${layout} remote, which keeps files under their own names.`);
    }
  }
  const url = keys.text('url');
  if (url === undefined) throw keys.bad('url', 'It is missing.');
  const scheme = /^(\w+):\/\//.exec(url)?.[1];
  if (scheme === 's3') {
    refuseUnknownKeys(raw, KNOWN.s3, keys);
    return readS3Remote(wanted, raw);
  }
  if (scheme !== undefined && scheme !== 'file')
    throw unsupported(wanted, `Its url starts with ${scheme}://.`);
  refuseUnknownKeys(raw, KNOWN.directory, keys);
  return {
    kind: 'directory',
    name: wanted,
    path: scheme === 'file' ? fileURLToPath(url) : url,
    shared: keys.text('shared')?.toLowerCase() === 'group',
  };
}

/** `remote://base/sub` takes the settings of `base`, which its own ones override. */
function inherit(config: DvcConfig, name: string, seen: readonly string[]): RawRemote {
  const raw = config.remotes.get(name);
  if (raw === undefined) throw unknownRemote(config, name);
  const [, base, rest] = /^remote:\/\/([^/]+)\/*(.*)$/.exec(String(raw.url ?? '')) ?? [];
  if (base === undefined) return raw;
  if (seen.includes(name)) throw unsupported(name, 'Its remote:// url leads back to itself.');
  const parent = inherit(config, base.toLowerCase(), [...seen, name]);
  return { ...parent, ...raw, url: `${String(parent.url ?? '').replace(/\/$/, '')}/${rest}` };
}

function refuseUnknownKeys(raw: RawRemote, known: readonly string[], keys: RemoteKeys): void {
  const unknown = Object.keys(raw).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const plain = (text: string) => text.replace(/_/g, '');
  const similar = known.find((key) => plain(key) === plain(unknown));
  const hint = similar === undefined ? '' : ` Did you mean ${similar}?`;
  throw keys.bad(unknown, `DVC has no such setting for this kind of remote.${hint}`);
}

function noStore(config: DvcConfig): WmsError {
  const names = [...config.remotes.keys()];
  return new WmsError({
    kind: 'config/no-store',
    code: EXIT.usage,
    what: 'No store is set up for this repository.',
    why:
      names.length === 0
        ? '.dvc/config names no remote.'
        : `.dvc/config has remotes (${names.join(', ')}), but none of them is the default.`,
    next: names.length === 0 ? 'npx wms init' : `Write "remote = ${names[0]}" under [core] in .dvc/config.`,
  });
}

function unknownRemote(config: DvcConfig, name: string): WmsError {
  const names = [...config.remotes.keys()];
  return new WmsError({
    kind: 'config/unknown-remote',
    code: EXIT.usage,
    what: `There is no DVC remote called "${name}".`,
    why: names.length === 0 ? '.dvc/config names no remote.' : `.dvc/config has: ${names.join(', ')}.`,
    next: 'Correct the name in .dvc/config, or run: npx wms init',
  });
}

function unsupported(name: string, why: string): WmsError {
  return new WmsError({
    kind: 'config/unsupported-remote',
    code: EXIT.usage,
    what: `The DVC remote "${name}" cannot be used as the store.`,
    why,
    next: 'Use a remote in S3 (s3://bucket/prefix) or a directory, with the usual layout of DVC 3.',
  });
}
