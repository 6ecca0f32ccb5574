import { posix } from 'node:path';
import { EXIT, WmsError } from '../errors.js';
import type { GitRepository, Oid } from '../ports/git-repository.js';
import { parsePointer } from './pointer.js';
import type { Pointer } from './pointer-parse.js';

export interface DirectoryPointer {
  /** From the top of the repository. */
  readonly path: string;
  readonly text: string;
  readonly pointer: Pointer;
}

/**
 * The pointer beside `directory` in `commit`; null when there is none. Throws WmsError (exit code 2): the errors of
 * `parsePointer`, and `dataset/wrong-pointer` for one that names something else.
 */
export async function readDirectoryPointer(
  git: GitRepository,
  commit: Oid,
  directory: string,
): Promise<DirectoryPointer | null> {
  const path = `${directory}.dvc`;
  const entry = await git.treeEntry(commit, path);
  if (entry === null) return null;
  // A pointer that is there and cannot be read must not count as a dataset that is empty.
  for await (const { bytes } of git.readObjects([entry.oid])) {
    return parseDirectoryPointer(bytes.toString(), directory);
  }
  throw new Error(`Git answered nothing for ${entry.oid}`);
}

/** Throws as `readDirectoryPointer`. */
export function parseDirectoryPointer(text: string, directory: string): DirectoryPointer {
  const path = `${directory}.dvc`;
  const pointer = parsePointer(text, path);
  refuseOtherOutput(path, pointer, directory);
  return { path, text, pointer };
}

/** A new manifest would be written under a pointer to something else. */
function refuseOtherOutput(pointerPath: string, { id, path }: Pointer, directory: string): void {
  const output = posix.normalize(posix.join(posix.dirname(pointerPath), path));
  if (output === directory && id.endsWith('.dir')) return;
  const why =
    output === directory
      ? `It is the pointer of a single file: its md5 (${id}) does not end in ".dir".`
      : `Its path leads to ${output}.`;
  throw new WmsError({
    kind: 'dataset/wrong-pointer',
    code: EXIT.usage,
    what: `The pointer ${pointerPath} is not one of the directory ${directory}.`,
    why,
    next: `Take the pointer from an earlier commit (git log -- ${pointerPath}), or name its directory in wms.config.json.`,
  });
}
