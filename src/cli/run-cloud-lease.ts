import { holdLease } from '../cloud/hold-lease.js';
import type { CloudTools } from '../cloud/tools.js';
import { openPrompter } from '../compose.js';
import { openAllCloudTools, runAttached } from '../compose-cloud.js';
import { EXIT, WmsError } from '../errors.js';
import { statusOfSignal } from '../training/command/command-ended.js';
import { openCloudPlace, type PlaceFlags, whoIs } from './cloud-tools.js';
import { findOpen, tellLost } from './while-leased.js';

export interface LeaseFlags extends PlaceFlags {
  readonly what?: string;
}

/** The exit code of the command. */
export async function runCloudLease(command: readonly string[], flags: LeaseFlags): Promise<number> {
  const [program, ...args] = command;
  if (program === undefined) throw noCommand();
  const { git, config, choice } = await openCloudPlace(flags);
  const all = await openAllCloudTools(git, config, choice, openPrompter());
  // Where none is open, any of them says so.
  const tools = (await findOpen(all)) ?? (all[0] as CloudTools);
  const lease = { who: await whoIs(git), what: flags.what ?? command.join(' ') };
  const end = await holdLease(tools, lease, (lost) => {
    lost.addEventListener('abort', () => tellLost(lost.reason), { once: true });
    return runAttached(program, args);
  });
  return end.exitCode ?? statusOfSignal(end.signal ?? 'SIGKILL');
}

function noCommand(): WmsError {
  return new WmsError({
    kind: 'usage',
    code: EXIT.usage,
    what: 'There is no command to run while the lease is held.',
    next: 'npx wms cloud lease -- COMMAND…',
  });
}
