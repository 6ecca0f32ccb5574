import { statfs } from 'node:fs/promises';
import { resolve, sep } from 'node:path';
import { EXIT, WmsError } from '../../errors.js';
import { findProgram } from '../command/find-program.js';
import type { Step } from '../step.js';

/** A model and its log need room. */
const LEAST_FREE = 200 * 1024 * 1024;

/** Whether the command can start at all, before minutes are spent on its data. */
export const command: Step = {
  title: 'Command',
  async run({ tools, options, directory, findings }, report) {
    const [name = ''] = options.command;
    const { elsewhere } = tools.commands;
    const isThere = elsewhere !== undefined && !isInTree(tools.git.topLevel, options.cwd, name);
    findings.program = isThere ? name : await findProgram(name, options.cwd, tools.env);
    const { bavail, bsize } = await statfs(directory);
    const free = bavail * bsize;
    if (free < LEAST_FREE) throw diskFull(directory, free);
    const place = elsewhere === undefined ? '' : ` · on ${elsewhere}`;
    report.done(`${options.command.join(' ')}${place} · ${(free / 1e9).toFixed(1)} GB free`);
  },
};

/** Only what the repository has is the same on another machine. */
function isInTree(topLevel: string, cwd: string, name: string): boolean {
  return /[\\/]/.test(name) && resolve(cwd, name).startsWith(topLevel + sep);
}

function diskFull(directory: string, free: number): WmsError {
  return new WmsError({
    kind: 'train/disk-full',
    code: EXIT.network,
    what: `The disk of ${directory} has ${Math.round(free / 1e6)} MB left.`,
    why: `A run needs ${Math.round(LEAST_FREE / 1e6)} MB and more.`,
    next: 'Make room, or set train.output in wms.config.json to a directory elsewhere.',
  });
}
