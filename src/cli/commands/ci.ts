import { Command } from 'commander';
import type { CiFlags } from '../run-ci.js';

const JOBS = {
  ingest: 'Put raw files of a data branch into the store, for a teammate who may not write there.',
  check: 'Check everything that the hook checked, again, and that every object is in the store.',
  pr: 'Make or update the pull request: counts, checks, verdict, a failure, next steps.',
  rebase: 'Bring what the protected branch has meanwhile onto the data branch, pointers by content.',
  session: 'Keep a cloud session open for the training, where the settings want one (train.where).',
  decide: 'Decide whether the new model is better than Production.',
  finish: 'Promote a better model, merge the data branch and delete it; block one that is not better.',
} as const;

export function ciCommand(finish: (code: number) => void): Command {
  const command = new Command('ci').description(
    'The jobs of a data branch, one by one. Each can be run again.',
  );
  for (const [name, does] of Object.entries(JOBS)) command.addCommand(jobCommand(finish, name, does));
  return command
    .addCommand(trainCommand(finish))
    .addCommand(guardCommand(finish))
    .addCommand(stopCommand(finish))
    .addCommand(failReportCommand(finish));
}

function jobCommand(finish: (code: number) => void, name: string, does: string): Command {
  return new Command(name)
    .description(does)
    .argument('[branch]', 'data branch (default: the one that is checked out)')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', `\nExample:\n  npx wms ci ${name} data/20261121-101500`)
    .action(async (branch: string | undefined, flags: CiFlags) => {
      const { runCi } = await import('../run-ci.js');
      finish(await runCi(name, { branch: branch ?? null, command: [], flags }));
    });
}

function trainCommand(finish: (code: number) => void): Command {
  return new Command('train')
    .description('Train once with what the data branch holds; the model becomes a version of the registry.')
    .usage('[options] [-- COMMAND…]')
    .argument('[command...]', 'the command, behind -- (default: train.command of the settings)')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nThe data branch must be checked out: its code is what runs.\n\nExamples:\n  npx wms ci train\n  npx wms ci train -- python train.py --epochs 50',
    )
    .action(async (command: string[], flags: CiFlags) => {
      const { runCi } = await import('../run-ci.js');
      finish(await runCi('train', { branch: null, command, flags }));
    });
}

function guardCommand(finish: (code: number) => void): Command {
  return new Command('guard')
    .description('Check that a pull request brings no raw files, and pointers only to what the store has.')
    .argument('[revision]', 'what is to be merged', 'HEAD')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nFor pull requests of any branch to the protected one. The clone needs the history.\n\nExample:\n  npx wms ci guard',
    )
    .action(async (revision: string, flags: CiFlags) => {
      const { runGuard } = await import('../run-ci.js');
      finish(await runGuard(revision, flags));
    });
}

function stopCommand(finish: (code: number) => void): Command {
  return new Command('stop')
    .description(
      'Release what `wms ci session` took, and end the session if it opened it and nobody else uses it.',
    )
    .argument('[branch]', 'data branch, which may be merged and gone (default: the one that is checked out)')
    .option('--json', 'print the outcome as JSON')
    .addHelpText('after', '\nExample:\n  npx wms ci stop data/20261121-101500')
    .action(async (branch: string | undefined, flags: CiFlags) => {
      const { runCiStop } = await import('../run-ci-session.js');
      finish(await runCiStop(branch ?? null, flags));
    });
}

function failReportCommand(finish: (code: number) => void): Command {
  return new Command('fail-report')
    .description('Tell which job of a workflow run failed, where that job could not say it by itself.')
    .argument('[branch]', 'data branch (default: the one that is checked out)')
    .requiredOption('--results <json>', 'results of the jobs, as toJSON(needs) writes them')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  npx wms ci fail-report data/20261121-101500 --results \'{"train":{"result":"cancelled"}}\'',
    )
    .action(async (branch: string | undefined, { results, ...flags }: CiFlags & { results: string }) => {
      const { runFailReport } = await import('../run-ci.js');
      finish(await runFailReport(branch ?? null, results, flags));
    });
}
