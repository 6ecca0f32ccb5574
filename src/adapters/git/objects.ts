import { execa } from 'execa';
import { EXIT, WmsError } from '../../errors.js';
import type { GitObject, Oid } from '../../ports/git-repository.js';
import { type Git, gitFailed } from './git.js';

/**
 * Objects through one `cat-file --batch`, in the order asked for. Backpressure reaches Git: its output pipe fills
 * while the consumer is busy, so memory holds one object and one pipe buffer, however many are asked for.
 */
export async function* readObjects(
  git: Git,
  oids: readonly Oid[],
  signal?: AbortSignal,
): AsyncGenerator<GitObject> {
  let at = 0;
  for await (const found of readBatch(git, oids, signal)) {
    const oid = oids[at++] ?? '';
    if (found === null) throw objectMissing(oid);
    yield { oid, bytes: found.bytes };
  }
}

/** As `readObjects`, for files by commit and path; null where there is no such file. */
export async function* readFiles(
  git: Git,
  files: readonly { readonly commit: Oid; readonly path: string }[],
): AsyncGenerator<Buffer | null> {
  const names = files.map(({ commit, path }) => `${commit}:${path}`);
  for await (const found of readBatch(git, names)) yield found?.type === 'blob' ? found.bytes : null;
}

/** Null for a name that Git does not find. */
async function* readBatch(
  git: Git,
  names: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<{ readonly type: string; readonly bytes: Buffer } | null> {
  if (names.length === 0) return;
  const args = ['cat-file', '--batch', '--buffer'];
  const process = execa('git', args, {
    cwd: git.cwd,
    env: git.env,
    extendEnv: false,
    input: `${names.join('\n')}\n`,
    buffer: { stdout: false, stderr: true },
    encoding: 'buffer',
    reject: false,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  const reader = new PipeReader(process.stdout as AsyncIterable<Buffer>);
  try {
    for (const name of names) {
      signal?.throwIfAborted();
      const header = await reader.line();
      if (header === null) {
        const ended = await process;
        throw gitFailed(args, ended.stderr === undefined ? '' : Buffer.from(ended.stderr).toString());
      }
      if (header === `${name} missing`) {
        yield null;
        continue;
      }
      const [, type = '', size] = header.split(' ');
      const bytes = await reader.take(Number(size));
      await reader.take(1);
      yield { type, bytes };
    }
  } catch (error) {
    // Stopped by the caller, Git answers nothing or half of an object: that is no failure of Git.
    signal?.throwIfAborted();
    throw error;
  } finally {
    // Whoever stops in the middle leaves output that nobody reads, and the process does not end before its output does.
    process.stdout.destroy();
    process.kill();
    await process;
  }
}

function objectMissing(oid: Oid): WmsError {
  return new WmsError({
    kind: 'git/object-missing',
    code: EXIT.network,
    what: `Git object ${oid} is not in this repository.`,
    why: 'The clone is damaged, or it is a partial clone and its remote did not deliver the object.',
    next: 'Run: git fsck',
  });
}

/** Lines and counted bytes from a stream of chunks, copying each byte once. */
class PipeReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#chunks = source[Symbol.asyncIterator]();
  }

  async line(): Promise<string | null> {
    let end = this.#rest.indexOf(10);
    while (end < 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return null;
      this.#rest = this.#rest.length === 0 ? next.value : Buffer.concat([this.#rest, next.value]);
      end = this.#rest.indexOf(10);
    }
    const line = this.#rest.subarray(0, end).toString();
    this.#rest = this.#rest.subarray(end + 1);
    return line;
  }

  async take(count: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(count);
    let filled = 0;
    while (filled < count) {
      if (this.#rest.length === 0) {
        const next = await this.#chunks.next();
        if (next.done === true) throw gitFailed(['cat-file'], 'cat-file ended in the middle of an object');
        this.#rest = next.value;
      }
      const part = this.#rest.subarray(0, count - filled);
      part.copy(bytes, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return bytes;
  }
}
