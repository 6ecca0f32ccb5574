import { peerCommand } from '../../test/support/peers.js';
import type { Workspace } from '../support/workspace.js';

export interface Usage {
  readonly seconds: number;
  /** Of the program and all it started, user and system. */
  readonly cpuSeconds: number;
  readonly maxRssMegabytes: number;
}

/** Node tells what a child used only for itself; getrusage(2) tells it for a child. */
const WRAPPER = `
import json, resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
seconds = time.perf_counter() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({"seconds": seconds, "cpuSeconds": used.ru_utime + used.ru_stime, "maxRssMegabytes": used.ru_maxrss / 1024}))
sys.exit(code)`;

/** Runs a whole program. Throws when it fails, with the last line it printed. */
export async function measure(
  workspace: Workspace,
  cwd: string,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Usage> {
  const python = await peerCommand('python');
  const ran = await workspace.run(cwd, [python, '-c', WRAPPER, ...command], env);
  const lastLine = ran.stderr.trim().split('\n').at(-1);
  if (ran.exitCode !== 0) throw new Error(`ended with ${ran.exitCode}: ${lastLine}`);
  return JSON.parse(ran.stdout);
}
