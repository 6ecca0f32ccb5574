import { EXIT, WmsError } from '../errors.js';
import { findVersion } from '../model/find-version.js';
import { productionSide, readSide } from '../model/gate/read-side.js';
import type { Side } from '../model/gate/side.js';
import type { Registry } from '../ports/registry.js';
import type { ServedModel } from './jobs.js';

type Source = Omit<ServedModel, 'name'>;

const MD5_DIGITS = 12;

/** Throws WmsError `serve/no-production` (exit code 2), and what the registry throws. */
export async function productionModel(registry: Registry): Promise<Source> {
  const side = await productionSide(registry);
  if (side !== null) return fromSide(side);
  throw new WmsError({
    kind: 'serve/no-production',
    code: EXIT.usage,
    what: 'There is no Production model yet that could be served.',
    next: 'Serve a file (npx wms serve --model FILE), or promote one first: npx wms model promote FILE',
  });
}

/** `name`: as `findVersion` takes it. Throws what that throws, and what the registry throws. */
export async function registryModel(registry: Registry, name: string): Promise<Source> {
  const { version } = await findVersion(registry, name);
  const { model, facts } = await registry.load(version);
  return { version, source: `version ${version}`, model, facts };
}

/** Throws as `readSide`. */
export async function fileModel(path: string): Promise<Source> {
  return fromSide(await readSide(path));
}

function fromSide({ name, version, md5, files }: Side): Source {
  const { model, facts } = files;
  return { version: version ?? md5.slice(0, MD5_DIGITS), source: name, model, facts };
}
