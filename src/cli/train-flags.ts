import { CANDIDATE } from '../config/schema.js';
import { EXIT, WmsError } from '../errors.js';
import type { TrainOptions } from '../training/job.js';
import { type Sampling, STRATEGIES } from '../training/split/sampling.pure.js';

export interface TrainFlags {
  readonly rev?: string;
  readonly data?: string;
  readonly maxImages?: string;
  readonly strategy: string;
  readonly seed: string;
  readonly salt: string;
  readonly force?: true;
  readonly timeout?: string;
  readonly candidate?: readonly string[];
  readonly group?: string;
  readonly expect?: readonly string[];
  readonly closeStale?: true;
  readonly json?: true;
}

/** Throws WmsError `train/flags` (exit code 2). */
export function trainOptions(
  command: readonly string[],
  flags: TrainFlags,
  cwd: string,
): Omit<TrainOptions, 'candidate' | 'group'> {
  if (command.length === 0) {
    throw wrong('There is no command to run.', 'npx wms train -- python train.py');
  }
  if (flags.data !== undefined && flags.rev !== undefined) {
    throw wrong('--data and --rev exclude each other.', 'Leave one of them out.');
  }
  for (const name of [
    ...(flags.candidate ?? []),
    ...(flags.expect ?? []),
    ...(flags.group ? [flags.group] : []),
  ]) {
    if (!CANDIDATE.test(name)) {
      throw wrong(
        `${JSON.stringify(name)} is no name of a candidate or group.`,
        'Use letters, digits and -.',
      );
    }
  }
  if (flags.group !== undefined && flags.candidate === undefined) {
    throw wrong(
      '--group needs to know which candidate this is.',
      `npx wms train --group ${flags.group} --candidate NAME -- …`,
    );
  }
  return {
    command,
    cwd,
    revision: flags.rev ?? 'HEAD',
    data: flags.data ?? null,
    sampling: samplingOf(flags),
    seed: flags.seed,
    salt: flags.salt,
    force: flags.force === true,
    timeout: timeoutOf(flags),
  };
}

function samplingOf({ maxImages, strategy, seed }: TrainFlags): Sampling | null {
  const known = STRATEGIES.find((name) => name === strategy);
  if (known === undefined) throw wrong(`--strategy ${strategy} is not known.`, 'Use head or random.');
  if (maxImages === undefined) return null;
  if (!/^[1-9]\d*$/.test(maxImages)) {
    throw wrong(`--max-images ${maxImages} is not a number of pairs.`, 'npx wms train --max-images 40 -- …');
  }
  return { maxImages: Number(maxImages), strategy: known, seed };
}

function timeoutOf({ timeout }: TrainFlags): number | null {
  if (timeout === undefined) return null;
  const minutes = Number(timeout);
  if (minutes > 0 && Number.isFinite(minutes)) return minutes * 60_000;
  throw wrong(`--timeout ${timeout} is not a number of minutes.`, 'npx wms train --timeout 90 -- …');
}

function wrong(what: string, next: string): WmsError {
  return new WmsError({ kind: 'train/flags', code: EXIT.usage, what, next });
}
