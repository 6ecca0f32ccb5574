import { createHash } from 'node:crypto';
import { EXIT, WmsError } from '../../errors.js';
import type { ObjectId } from '../../ports/object-store.js';
import type { ModelFilesToRegister } from '../../ports/registry.js';
import type { MlflowArtifacts } from './artifacts.js';

const MODEL = 'model.onnx';
const FACTS = 'model.json';
/** A model that somebody logged lies at most this deep below its version. */
const DEEPEST = 4;

export function modelId(bytes: Buffer): ObjectId {
  return createHash('md5').update(bytes).digest('hex');
}

/**
 * Stores a model below a run's artifacts and answers where. The directory carries the model's MD5: a run may bring more
 * than one model, and none may ever replace the bytes of another.
 */
export async function storeModel(
  artifacts: MlflowArtifacts,
  runUri: string,
  { model, facts }: ModelFilesToRegister,
): Promise<string> {
  const directory = `model/${modelId(model)}`;
  if (facts !== null) await artifacts.upload(runUri, `${directory}/${FACTS}`, Buffer.from(facts));
  await artifacts.upload(runUri, `${directory}/${MODEL}`, model);
  return `${runUri}/${directory}`;
}

/** The ONNX file at or below `uri`, and the `model.json` beside it. `name` is the version, for people. */
export async function loadModel(
  artifacts: MlflowArtifacts,
  uri: string,
  name: string,
  id: ObjectId | null,
): Promise<ModelFilesToRegister> {
  const [found, ...others] = await findModels(artifacts, uri, DEEPEST);
  if (found === undefined) throw noModel(name, uri, 'There is no .onnx file below it.');
  if (others.length > 0) {
    const files = [found, ...others].map(({ file }) => file).join(', ');
    throw noModel(name, uri, `There are several .onnx files below it: ${files}.`);
  }
  const model = await artifacts.download(`${found.directory}/${found.file}`);
  if (model === null) throw noModel(name, uri, `${found.file} is in the list, but cannot be had.`);
  if (id !== null && modelId(model) !== id) throw damaged(name, uri, id);
  if (!found.hasFacts) return { model, facts: null };
  return {
    model,
    facts: (await artifacts.download(`${found.directory}/${FACTS}`))?.toString('utf8') ?? null,
  };
}

interface Found {
  readonly directory: string;
  readonly file: string;
  readonly hasFacts: boolean;
}

async function findModels(artifacts: MlflowArtifacts, uri: string, depth: number): Promise<Found[]> {
  const entries = await artifacts.list(uri);
  const hasFacts = entries.some(({ name, isDirectory }) => name === FACTS && !isDirectory);
  const here = entries.filter(
    ({ name, isDirectory }) => !isDirectory && name.toLowerCase().endsWith('.onnx'),
  );
  const named = here.find(({ name }) => name === MODEL);
  const models = named === undefined ? here : [named];
  if (models.length > 0 || depth === 0) {
    return models.map(({ name }) => ({ directory: uri, file: name, hasFacts }));
  }
  const below: Found[] = [];
  for (const { name, isDirectory } of entries) {
    if (isDirectory) below.push(...(await findModels(artifacts, `${uri}/${name}`, depth - 1)));
  }
  return below;
}

function noModel(name: string, uri: string, why: string): WmsError {
  return new WmsError({
    kind: 'registry/no-model-file',
    code: EXIT.network,
    what: `The ${name} has no ONNX file that could be loaded.`,
    why: `Its files are at ${uri}. ${why}`,
    next: 'Register the ONNX file as a version of its own, e.g. with npx wms model promote <file>.',
  });
}

function damaged(name: string, uri: string, id: ObjectId): WmsError {
  return new WmsError({
    kind: 'registry/model-damaged',
    code: EXIT.network,
    what: `The ONNX file of the ${name} is damaged.`,
    why: `What is at ${uri} does not have the MD5 ${id} that was registered, or was cut on the way.`,
    next: 'Run the command again. When it stays so, register the model again, or go back: npx wms model rollback',
  });
}
