import { mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** macOS would add files of its own. */
const PLAIN = { COPYFILE_DISABLE: '1' };

/** Files and directories below `tree` as a stream of tar. Throws with tar's own words. */
export async function* packed(tree: string, paths: readonly string[]): AsyncGenerator<Buffer> {
  const child = execa('tar', ['-c', '-f', '-', '-C', tree, '--null', '-T', '-'], {
    input: paths.map((path) => `${path}\0`).join(''),
    env: PLAIN,
    encoding: 'buffer',
    buffer: { stdout: false, stderr: true },
    reject: false,
  });
  try {
    for await (const piece of child.stdout) yield piece as Buffer;
    const { failed, stderr } = await child;
    if (failed) throw new Error(Buffer.from(stderr).toString().trim() || 'tar failed');
  } finally {
    child.kill();
  }
}

export interface Arriving {
  write(piece: Buffer): Promise<void>;
  /** Moves what has come into `directory`, but nothing onto what is there. Throws with tar's own words. */
  finish(): Promise<void>;
  /** What has come is forgotten, unless it is finished. */
  forget(): Promise<void>;
}

/** Takes a stream of tar beside the files of `directory`: none is there before all are. */
export async function arriveIn(directory: string): Promise<Arriving> {
  const waiting = await mkdtemp(join(directory, '.arriving-'));
  const child = execa('tar', ['-x', '-f', '-', '-C', waiting], {
    env: PLAIN,
    stdin: 'pipe',
    reject: false,
  });
  // Its own words are told by `finish`.
  child.stdin.on('error', () => undefined);
  return {
    async write(piece) {
      if (child.stdin.write(piece) || child.stdin.destroyed) return;
      await Promise.race([new Promise((resolve) => child.stdin.once('drain', resolve)), child]);
    },
    async finish() {
      child.stdin.end();
      const { failed, stderr } = await child;
      if (failed) throw new Error(stderr.trim() || 'tar failed');
      for (const name of await readdir(waiting)) {
        const target = join(directory, name);
        const isThere = await stat(target).catch(() => null);
        if (isThere === null) await rename(join(waiting, name), target);
      }
    },
    async forget() {
      child.kill();
      await child;
      await rm(waiting, { recursive: true, force: true });
    },
  };
}
