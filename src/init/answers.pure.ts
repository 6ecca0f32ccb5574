import { isAbsolute, relative, resolve } from 'node:path';
import { checkConfig } from '../config/problems.js';
import type { Config } from '../config/schema.js';
import { EXIT, WmsError } from '../errors.js';

/** What can be said on the command line. */
export interface InitOptions {
  readonly images?: string;
  readonly masks?: string;
  readonly store?: string;
  readonly model?: string;
  readonly branch?: string;
  readonly endpointUrl?: string;
  readonly region?: string;
  readonly profile?: string;
  readonly yes?: boolean;
  /** Workflows for GitHub. Not said: where the remote is there. */
  readonly workflows?: boolean;
  /** Bring what is written up to date with this version. */
  readonly update?: boolean;
  readonly uninstall?: boolean;
}

export interface StoreAnswer {
  /** `s3://bucket/prefix`, or a directory; a relative one starts from the top of the repository. */
  readonly url: string;
  readonly endpointUrl?: string | undefined;
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  /** `.dvc/config` names it already. */
  readonly alreadySet: boolean;
}

export type Settings = Pick<Config, 'dataset' | 'protectedBranches' | 'model'>;

export interface Answers {
  readonly settings: Settings;
  readonly store: StoreAnswer;
}

const FLAGS: Readonly<Record<string, string>> = {
  'dataset.images': '--images',
  'dataset.masks': '--masks',
  'model.path': '--model',
  protectedBranches: '--branch',
};

/** What is wrong with one of the settings, or null. */
export function settingProblem(settings: Settings, setting: string): string | null {
  const checked = checkConfig(settings);
  if ('config' in checked) return null;
  return checked.problems.find(({ path }) => path.join('.').startsWith(setting))?.message ?? null;
}

/** The settings as they are written to the file. Throws WmsError `config/invalid` with all problems at once. */
export function normaliseSettings(settings: Settings): Settings {
  const checked = checkConfig(settings);
  if ('config' in checked) {
    const { dataset, protectedBranches, model } = checked.config;
    return { dataset, protectedBranches, model };
  }
  const lines = checked.problems.map(({ path, message }) => {
    const setting = path.filter((part) => typeof part === 'string').join('.');
    return `${FLAGS[setting] ?? setting}: ${message}`;
  });
  throw usage(
    'config/invalid',
    'these settings cannot be used',
    lines.join('\n'),
    'correct them: npx wms init --help',
  );
}

/** What is wrong with the place for a store, or null. */
export function storeProblem(store: string, topLevel: string): string | null {
  const scheme = /^(\w[\w+.-]*):\/\//.exec(store)?.[1]?.toLowerCase();
  if (store.trim() === '') return 'must not be empty';
  if (scheme === 's3') {
    return /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/|$)/.test(store)
      ? null
      : 'is no S3 URL of the form s3://bucket/prefix';
  }
  if (scheme !== undefined) return `starts with ${scheme}://: a store is a directory or s3://bucket/prefix`;
  if (store.startsWith('~')) return null;
  const inside = relative(topLevel, resolve(topLevel, store));
  const outside = inside.startsWith('..') || isAbsolute(inside) || /^\.git([\\/]|$)/.test(inside);
  return outside ? null : 'lies inside the repository, where Git would pick up its objects';
}

/** The store that the flags or the person named. Throws WmsError `init/store`. */
export function newStore(store: string, options: InitOptions, topLevel: string): StoreAnswer {
  const { endpointUrl, region, profile } = options;
  const problem = storeProblem(store, topLevel);
  if (problem) throw storeError(`--store ${store} ${problem}`);
  const isS3 = store.startsWith('s3://');
  const s3Flags = Object.entries({ '--endpoint-url': endpointUrl, '--region': region, '--profile': profile });
  const given = s3Flags.filter(([, value]) => value !== undefined).map(([flag]) => flag);
  if (!isS3 && given.length > 0) {
    throw storeError(`${given.join(', ')}: only a store in S3 has this; the store is ${store}`);
  }
  const url = store.length > 1 ? store.replace(/[\\/]+$/, '') : store;
  return { url, endpointUrl, region, profile, alreadySet: false };
}

function storeError(what: string): WmsError {
  return usage('init/store', what, undefined, 'name a directory or s3://bucket/prefix: npx wms init --help');
}

function usage(kind: string, what: string, why: string | undefined, next: string): WmsError {
  return new WmsError({ kind, code: EXIT.usage, what, ...(why === undefined ? {} : { why }), next });
}
