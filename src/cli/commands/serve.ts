import { Command, InvalidArgumentError, Option } from 'commander';
import type { ExitCode } from '../../errors.js';
import type { ServeFlags } from '../run-serve.js';

const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

function port(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('It must be a number from 0 (any that is free) to 65535.');
}

export function serveCommand(finish: (code: ExitCode) => void): Command {
  return new Command('serve')
    .description('Serve a model over HTTP: a photo in, its mask out.')
    .addOption(
      new Option('--model <file>', 'serve this ONNX file; model.json beside it is read').conflicts([
        'production',
        'variant',
      ]),
    )
    .addOption(new Option('--production', 'serve the Production model (the default)').conflicts('variant'))
    .option(
      '--variant <name=model:weight>',
      'serve several: model is a file, "production" or a version',
      collect,
    )
    .option('--host <address>', 'where to listen; 0.0.0.0 lets the whole network in', '127.0.0.1')
    .option('--port <number>', 'which port; 0 takes any that is free', port, 8080)
    .option('--json', 'print { "url": … } on standard output when it is ready')
    .addHelpText(
      'after',
      '\nEnds with Ctrl-C or SIGTERM, after requests in flight are answered.\n\nExamples:\n  npx wms serve\n  npx wms serve --model out/model.onnx --port 8000\n  npx wms serve --variant old=production:90 --variant new=out/model.onnx:10',
    )
    .action(async (flags: ServeFlags) => {
      const { runServe } = await import('../run-serve.js');
      finish(await runServe(flags));
    });
}
