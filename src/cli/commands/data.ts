import { Command } from 'commander';
import type { ExitCode } from '../../errors.js';
import { dataDiffCommand } from './data-diff.js';
import { dataGcCommand } from './data-gc.js';
import { dataLogCommand } from './data-log.js';
import { dataMergeCommand } from './data-merge.js';
import { dataPullCommand } from './data-pull.js';
import { dataRestoreCommand } from './data-restore.js';
import { dataRmCommand } from './data-rm.js';
import { dataVerifyCommand } from './data-verify.js';

const SUBCOMMANDS = [
  dataPullCommand,
  dataVerifyCommand,
  dataDiffCommand,
  dataLogCommand,
  dataMergeCommand,
  dataRmCommand,
  dataRestoreCommand,
  dataGcCommand,
];

export function dataCommand(finish: (code: ExitCode) => void): Command {
  const command = new Command('data').description('The dataset on any machine.');
  for (const make of SUBCOMMANDS) command.addCommand(make(finish));
  return command;
}
