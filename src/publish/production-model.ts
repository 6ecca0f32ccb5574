import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { placeContent } from '../clone/place-file.js';
import { parsePointer } from '../dataset/pointer.js';
import { EXIT, isWmsError, WmsError } from '../errors.js';
import { md5Of } from '../md5.pure.js';
import type { ModelFiles } from '../model/inference/open-model.js';
import type { GitRepository, Oid } from '../ports/git-repository.js';
import type { ObjectStore } from '../ports/object-store.js';

/**
 * The Production model as the pushed commit names it: an ONNX file in Git, or one that a pointer beside it names in
 * the store; else the file in the working tree. Null: there is no model yet.
 */
export async function findProductionModel(
  git: GitRepository,
  store: ObjectStore,
  path: string,
  commit: Oid | null,
): Promise<ModelFiles | null> {
  const read = async (name: string): Promise<Buffer | null> =>
    (commit === null ? null : await git.readFile(commit, name)) ??
    (await readFile(join(git.topLevel, name)).catch((error: NodeJS.ErrnoException) => {
      // A model that is there but cannot be read must not pass for one that was never trained.
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null;
      throw modelUnreadable(name, error);
    }));
  const modelPath = path.endsWith('.dvc') ? path.slice(0, -'.dvc'.length) : path;
  const pointer = await read(`${modelPath}.dvc`);
  const model =
    pointer === null
      ? await read(modelPath)
      : await cached(git, store, modelPath, parsePointer(pointer.toString(), `${modelPath}.dvc`).id);
  if (model === null) return null;
  const facts = await read(posix.join(posix.dirname(modelPath), 'model.json'));
  return { path: modelPath, model, facts: facts?.toString() ?? null };
}

function modelUnreadable(path: string, error: Error): WmsError {
  return new WmsError({
    kind: 'model/unreadable',
    code: EXIT.usage,
    what: `The model file ${path} cannot be read.`,
    why: error.message,
    next: 'Make it a readable file, or correct model.path in wms.config.json.',
    cause: error,
  });
}

function modelMissing(path: string, id: string, url: string): WmsError {
  return new WmsError({
    kind: 'model/missing',
    code: EXIT.network,
    what: `The model ${path} is not in ${url}.`,
    why: `${path}.dvc names the object ${id}, which is not there.`,
    next: 'On the machine that has this model, run: dvc push. If the store moved, correct .dvc/config.',
  });
}

async function cached(git: GitRepository, store: ObjectStore, path: string, id: string): Promise<Buffer> {
  const file = join(git.commonDir, 'wms', 'models', id);
  const here = await readFile(file).catch(() => null);
  if (here !== null && md5Of(here) === id) return here;
  const bytes = await store.get(id).catch((error: unknown) => {
    throw isWmsError(error, 'store/object-missing') ? modelMissing(path, id, store.url) : error;
  });
  await placeContent(file, bytes);
  return bytes;
}
