import { posix } from 'node:path';
import { parseConfig } from '../../config/load.js';
import { CONFIG_FILE, type Config } from '../../config/schema.js';
import { parsePointer } from '../../dataset/pointer.js';
import { WmsError } from '../../errors.js';
import type { GitRepository, Oid } from '../../ports/git-repository.js';
import type { ObjectId } from '../../ports/object-store.js';
import { UNTOLD } from '../../ports/registry.js';
import { METADATA_FILE } from '../metadata.pure.js';
import { objectIdOf, readCommitted } from './committed-file.js';
import { damaged } from './errors.js';
import {
  EMPTY_REGISTRY,
  parseRegistry,
  type RegistryFile,
  type StoredVersion,
} from './registry-file.pure.js';

/** Where the registry's files are, from the top of the repository. */
interface RegistryPaths {
  readonly model: string;
  readonly pointer: string;
  readonly facts: string;
  readonly registry: string;
  readonly ignore: string;
}

/** The registry as one commit has it. */
export interface RegistryState {
  readonly paths: RegistryPaths;
  readonly file: RegistryFile;
  /** Text of the pointer; null when there is none. */
  readonly pointer: string | null;
  /** Bytes of the model where it is a file in Git, without a pointer. */
  readonly plainModel: Buffer | null;
  /** Text of `model.json`. */
  readonly facts: string | null;
  readonly production: StoredVersion | null;
}

/** Files that tell what is Production: a branch that is to be merged has none of its own. */
export function registryFiles(config: Config): string[] {
  if (config.registry.kind !== 'git') return [METADATA_FILE];
  const { pointer, facts, registry } = registryPaths(config);
  return [pointer, facts, registry, METADATA_FILE];
}

/** All files that a promotion writes. */
export function promotedFiles(config: Config): string[] {
  return [...registryFiles(config), registryPaths(config).ignore];
}

function registryPaths({ model }: Config): RegistryPaths {
  const path = model.path.replace(/\.dvc$/, '');
  const beside = (name: string) => posix.join(posix.dirname(path), name);
  return {
    model: path,
    pointer: `${path}.dvc`,
    facts: beside('model.json'),
    registry: beside('registry.json'),
    ignore: beside('.gitignore'),
  };
}

/**
 * Reads the registry of `commit`, called `where` in errors. The settings of that commit count, not those of the working
 * tree. Throws WmsError `registry/damaged` (exit code 5): what cannot be read is never "no Production model".
 */
export async function readState(
  git: GitRepository,
  commit: Oid,
  where: string,
  config: Config,
): Promise<RegistryState> {
  const text = async (path: string) => (await readCommitted(git, commit, path))?.toString() ?? null;
  const settings = await text(CONFIG_FILE);
  const paths = registryPaths(
    settings === null ? config : parseConfig(settings, `${CONFIG_FILE} of ${where}`),
  );
  const [registry, pointer, facts] = await Promise.all([
    text(paths.registry),
    text(paths.pointer),
    text(paths.facts),
  ]);
  const file =
    registry === null ? EMPTY_REGISTRY : reading(paths.registry, where, () => parseRegistry(registry));
  const plainModel = pointer === null ? await readCommitted(git, commit, paths.model) : null;
  const found = modelOf(paths, where, pointer, plainModel);
  const state = { paths, file, pointer, plainModel, facts };
  const last = file.promotions.at(-1);
  if (found === null && last !== undefined) {
    const missing = new Error(`${paths.registry} says that version ${last.version} is Production.`);
    throw damaged(paths.pointer, where, missing);
  }
  if (found === null) return { ...state, production: null };
  const known = file.versions.find(({ model }) => model === found.id);
  const production = known ?? (await unregistered(git, commit, paths, found, facts));
  return { ...state, production };
}

interface FoundModel {
  readonly id: ObjectId;
  readonly size: number | null;
}

function modelOf(
  { pointer: path }: RegistryPaths,
  where: string,
  pointer: string | null,
  plain: Buffer | null,
): FoundModel | null {
  if (pointer !== null) {
    const { id, size } = reading(path, where, () => parsePointer(pointer, path));
    if (id.endsWith('.dir')) throw damaged(path, where, new Error(`It names a directory: ${id}.`));
    return { id, size: size ?? null };
  }
  return plain === null ? null : { id: objectIdOf(plain), size: plain.length };
}

/** A model that somebody put there by hand: its bytes name it. */
async function unregistered(
  git: GitRepository,
  commit: Oid,
  paths: RegistryPaths,
  { id, size }: FoundModel,
  facts: string | null,
): Promise<StoredVersion> {
  const [latest] = await git.commitsChanging(commit, [paths.pointer, paths.model], new Date(0));
  return {
    version: `unregistered-${id.slice(0, 10)}`,
    model: id,
    size,
    facts: facts === null ? null : objectIdOf(Buffer.from(facts)),
    createdAt: (latest?.committedAt ?? new Date(0)).toISOString(),
    ...UNTOLD,
  };
}

function reading<T>(file: string, where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof WmsError) throw damaged(file, where, new Error(error.why), error.next);
    throw damaged(file, where, error);
  }
}
