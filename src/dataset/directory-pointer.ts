import { posix } from 'node:path';
import { EXIT, WmsError } from '../errors.js';
import type { GitRepository, Oid, TreeEntry } from '../ports/git-repository.js';
import { parsePointer } from './pointer.js';
import type { Pointer } from './pointer-parse.js';

export interface DirectoryPointer {
  /** From the top of the repository. */
  readonly path: string;
  readonly text: string;
  readonly pointer: Pointer;
}

/**
 * The pointers beside these directories in `commit`; null where there is none. Throws WmsError (exit code 2): the
 * errors of `parsePointer`, and `dataset/wrong-pointer` for one that names something else.
 */
export async function readDirectoryPointers(
  git: GitRepository,
  commit: Oid,
  directories: readonly string[],
): Promise<(DirectoryPointer | null)[]> {
  const found: (DirectoryPointer | null)[] = [];
  const files = directories.map((directory) => ({ commit, path: `${directory}.dvc` }));
  for await (const bytes of git.readFiles(files)) {
    const directory = directories[found.length] ?? '';
    const content = bytes ?? (await contentOf(git, await git.treeEntry(commit, `${directory}.dvc`)));
    found.push(content && parseDirectoryPointer(content.toString(), directory));
  }
  return found;
}

/** A pointer that is there and cannot be read must not count as a dataset that is empty. */
async function contentOf(git: GitRepository, entry: TreeEntry | null): Promise<Buffer | null> {
  if (entry === null) return null;
  for await (const { bytes } of git.readObjects([entry.oid])) return bytes;
  throw new Error(`Git answered nothing for ${entry.oid}`);
}

/** Throws as `readDirectoryPointers`. */
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
