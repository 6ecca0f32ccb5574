import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { localError } from '../../clone/local-error.js';
import { EXIT, WmsError } from '../../errors.js';
import type { ObjectId } from '../../ports/object-store.js';
import type { ModelFilesToRegister, ModelVersion, Registry } from '../../ports/registry.js';
import { findVersion } from '../find-version.js';
import { readTrainingFacts } from '../origin-file.js';

/** What shall become Production. */
export interface Candidate {
  /** As the person called it. */
  readonly name: string;
  /** MD5 of the ONNX file. */
  readonly id: ObjectId;
  /** In the registry; null for a file, which may be there all the same. */
  readonly version: ModelVersion | null;
  readonly files: ModelFilesToRegister;
  readonly training: Awaited<ReturnType<typeof readTrainingFacts>>;
}

/**
 * Finds what `name` names: an ONNX file, the directory of a run with its `model.onnx`, or a version or run of the
 * registry. Throws WmsError `model/no-such-model` (exit code 2).
 */
export async function findCandidate(registry: Registry, name: string, cwd: string): Promise<Candidate> {
  const path = resolve(cwd, name);
  const found = await stat(path).catch(() => null);
  if (found !== null) return fromFile(name, found.isDirectory() ? join(path, 'model.onnx') : path);
  if (/\.onnx$/i.test(name) || name.includes('/')) throw noSuchFile(name);
  const version = await findVersion(registry, name);
  const files = await registry.load(version.version);
  const { runId, dataRevision, gitCommit, trainedAt, trainingPairs } = version;
  const training = { runId, dataRevision, gitCommit, trainedAt, trainingPairs };
  return { name, id: idOf(files.model), version, files, training };
}

async function fromFile(name: string, file: string): Promise<Candidate> {
  const model = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? noSuchFile(file) : localError(error, file);
  });
  const factsFile = join(dirname(file), 'model.json');
  const facts = await readFile(factsFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw localError(error, factsFile);
  });
  const id = idOf(model);
  const training = await readTrainingFacts(dirname(file), id);
  return { name, id, version: null, files: { model, facts }, training };
}

const idOf = (bytes: Buffer): ObjectId => createHash('md5').update(bytes).digest('hex');

function noSuchFile(name: string): WmsError {
  return new WmsError({
    kind: 'model/no-such-model',
    code: EXIT.usage,
    what: `There is no file ${name}.`,
    next: 'Name an ONNX file, the directory of a run, or a version: npx wms model history',
  });
}
