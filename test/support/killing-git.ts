import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { makeDirectory } from './scratch.js';

/** Where a program that calls Git is to be killed. */
export interface KillPoint {
  /** After the n-th of the calls that change something, counted from 1. */
  readonly after: number;
  /** Shell commands to run before the kill, in the program's current directory. */
  readonly damage?: string;
}

/**
 * A `git` for the PATH that kills the program calling it with SIGKILL. Counted are calls that write refs, here or on
 * a remote, the index or the working tree; a ref transaction counts twice: when the ref is locked, and before it is committed.
 */
export function killingGit(point: KillPoint | null): { env: Record<string, string>; calls: () => string[] } {
  const directory = makeDirectory();
  const log = join(directory, 'log');
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const script = `#!/bin/sh
point() {
  echo "$1" >> '${log}'
  if [ "$(wc -l < '${log}')" -eq ${point?.after ?? 0} ]; then
    ${point?.damage ?? ':'}
    kill -9 $PPID
    exit 1
  fi
}
case "$*" in
  *update-ref*--stdin*)
    point 'ref is free' >&2
    while read -r line; do
      [ "$line" = commit ] && point 'ref is locked'
      echo "$line"
    done | '${git}' "$@" ;;
  *update-ref*|*read-tree*-m*|*update-index*|*checkout-index*|*' push '*)
    '${git}' "$@" || exit $?
    point "$*" ;;
  *) exec '${git}' "$@" ;;
esac
`;
  writeFileSync(join(directory, 'git'), script);
  chmodSync(join(directory, 'git'), 0o755);
  return {
    env: { PATH: `${directory}${delimiter}${process.env.PATH ?? ''}` },
    calls: () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []),
  };
}
