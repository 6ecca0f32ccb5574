import { Command } from 'commander';
import type { ExitCode } from '../../errors.js';
import { modelBaselineCommand } from './model-baseline.js';
import { modelCompareCommand } from './model-compare.js';
import { modelGateCommand } from './model-gate.js';
import { modelHistoryCommand } from './model-history.js';
import { modelMetadataCommand } from './model-metadata.js';
import { modelPromoteCommand } from './model-promote.js';
import { modelRollbackCommand } from './model-rollback.js';

const SUBCOMMANDS = [
  modelBaselineCommand,
  modelGateCommand,
  modelPromoteCommand,
  modelRollbackCommand,
  modelHistoryCommand,
  modelCompareCommand,
  modelMetadataCommand,
];

export function modelCommand(finish: (code: ExitCode) => void): Command {
  const command = new Command('model').description(
    'The Production model, its history, and what may replace it.',
  );
  for (const make of SUBCOMMANDS) command.addCommand(make(finish));
  return command;
}
