import { InvalidArgumentError, Option } from 'commander';

export function engineOption(): Option {
  return new Option('--engine <name>', 'ec2, terraform, or local: this computer').choices([
    'ec2',
    'terraform',
    'local',
  ]);
}

/** Hours of a flag. */
export function hours(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && value > 0 && value <= 72) return value;
  throw new InvalidArgumentError('It must be a number of hours, above 0 and at most 72.');
}
