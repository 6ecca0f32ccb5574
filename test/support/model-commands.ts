import { join } from 'node:path';
import { keepVerdict, verdictOn } from './kept-verdicts.js';
import { makeDirectory, writeFiles } from './scratch.js';
import { type Ran, wms } from './team.js';

/** A model file outside any repository, with its `model.json`; its path. `text` stands in for its bytes. */
export async function modelFile(text: string): Promise<string> {
  const directory = makeDirectory();
  await writeFiles(directory, { 'model.onnx': text, 'model.json': `{"of": "${text}"}\n` });
  return join(directory, 'model.onnx');
}

/** The gate lets `text` through, against `over` or as the first; then it is promoted. */
export async function gateAndPromote(
  clone: string,
  text: string,
  over: string | null,
  env: Record<string, string> = {},
): Promise<Ran> {
  await keepVerdict(clone, verdictOn({ text }, over === null ? null : { text: over }));
  return wms(clone, ['model', 'promote', await modelFile(text), '--json'], env);
}

/** What a command prints for programs. */
export async function modelJson(clone: string, ...args: string[]) {
  const { stdout, stderr, exitCode } = await wms(clone, ['model', ...args, '--json']);
  if (exitCode !== 0) throw new Error(`wms model ${args.join(' ')} ended with ${exitCode}\n${stderr}`);
  return JSON.parse(stdout);
}
