import { Command } from 'commander';
import { modelBaselineCommand } from './model-baseline.js';

const SUBCOMMANDS = [modelBaselineCommand];

export function modelCommand(): Command {
  const command = new Command('model').description(
    'The Production model, its history, and what may replace it.',
  );
  for (const make of SUBCOMMANDS) command.addCommand(make());
  return command;
}
