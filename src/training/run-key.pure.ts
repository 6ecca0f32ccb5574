import { createHash } from 'node:crypto';
import type { Config } from '../config/schema.js';
import type { Oid } from '../ports/git-repository.js';
import type { Sampling } from './split/sampling.pure.js';

/** Everything that decides what a training comes to. */
export interface RunKeyParts {
  readonly command: readonly string[];
  readonly settings: Pick<Config['train'], 'split'>;
  /** Tree of the working files, without the dataset. */
  readonly code: Oid;
  /** MD5 of names and MD5s of all files. */
  readonly data: string;
  readonly split: string;
  readonly sampling: Sampling | null;
  readonly seed: string;
  readonly candidate: string | null;
  /** Makes it another run on purpose. */
  readonly salt: string;
}

export function runKey(parts: RunKeyParts): string {
  const { command, settings, code, data, split, sampling, seed, candidate, salt } = parts;
  const { train, validation, test } = settings.split;
  const ordered = [
    command,
    [train, validation, test],
    code,
    data,
    split,
    sampling && [sampling.maxImages, sampling.strategy, sampling.seed],
    seed,
    candidate,
    salt,
  ];
  return createHash('md5').update(JSON.stringify(ordered)).digest('hex');
}
