import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { RawFile } from '../dataset/raw-files.js';
import type { GitRepository } from '../ports/git-repository.js';

export interface RawBytes<F extends RawFile> {
  readonly file: F;
  readonly bytes: Buffer;
}

/** Bytes of raw files, one after the other, no further ahead than the consumer takes them. */
export async function* readRawFiles<F extends RawFile>(
  git: GitRepository,
  files: readonly F[],
  signal: AbortSignal,
): AsyncGenerator<RawBytes<F>> {
  const blobs = files.filter((file) => 'blob' in file.source && file.mode !== '160000');
  const oids = blobs.map(({ source }) => ('blob' in source ? source.blob : ''));
  let index = 0;
  for await (const { bytes } of git.readObjects(oids, signal)) {
    const file = blobs[index];
    index += 1;
    if (file !== undefined) yield { file, bytes };
  }
  for (const file of files) {
    signal.throwIfAborted();
    if ('file' in file.source) {
      const path = join(git.topLevel, file.source.file);
      // As Git does: a link is its target's name. The image rules refuse it.
      const bytes = file.mode === '120000' ? await readlink(path, 'buffer') : await readFile(path);
      yield { file, bytes };
    } else if (file.mode === '160000') yield { file, bytes: Buffer.alloc(0) };
  }
}
