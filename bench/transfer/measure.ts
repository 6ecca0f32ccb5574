import { peerCommand } from '../../test/support/peers.js';
import type { Workspace } from '../support/workspace.js';

export interface Usage {
  readonly seconds: number;
  /** Of the program and all it started, user and system. */
  readonly cpuSeconds: number;
  readonly maxRssMegabytes: number;
  /** What it printed to stderr, and the second at which each line came. */
  readonly lines: readonly { readonly seconds: number; readonly text: string }[];
}

/** Node tells what a child used only for itself; getrusage(2) tells it for a child. */
const WRAPPER = `
import json, resource, subprocess, sys, time
start = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace")
lines = [{"seconds": time.perf_counter() - start, "text": line.rstrip()} for line in child.stderr]
code = child.wait()
seconds = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"code": code, "seconds": seconds, "cpuSeconds": used.ru_utime + used.ru_stime,
  "maxRssMegabytes": used.ru_maxrss / 1024, "lines": lines}))`;

/** Runs a whole program. Throws when it does not end with `code`, with the last line it printed. */
export async function measure(
  workspace: Workspace,
  cwd: string,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  code = 0,
): Promise<Usage> {
  const python = await peerCommand('python');
  const ran = await workspace.must(cwd, [python, '-c', WRAPPER, ...command], env);
  const usage: Usage & { readonly code: number } = JSON.parse(ran.stdout);
  if (usage.code !== code) throw new Error(`ended with ${usage.code}: ${usage.lines.at(-1)?.text}`);
  return usage;
}
