import { Command } from 'commander';
import { modelBaselineCommand } from './model-baseline.js';
import { modelCompareCommand } from './model-compare.js';
import { modelHistoryCommand } from './model-history.js';
import { modelMetadataCommand } from './model-metadata.js';
import { modelPromoteCommand } from './model-promote.js';
import { modelRollbackCommand } from './model-rollback.js';

const SUBCOMMANDS = [
  modelBaselineCommand,
  modelPromoteCommand,
  modelRollbackCommand,
  modelHistoryCommand,
  modelCompareCommand,
  modelMetadataCommand,
];

export function modelCommand(): Command {
  const command = new Command('model').description(
    'The Production model, its history, and what may replace it.',
  );
  for (const make of SUBCOMMANDS) command.addCommand(make());
  return command;
}
