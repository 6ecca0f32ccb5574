import { tinyModel, tinyModelFacts } from '../../scripts/sample/tiny-model.js';
import { openServeTools } from '../../src/compose.js';
import { type RunningServer, type ServeOptions, startServer } from '../../src/serve/server.js';
import type { Variant } from '../../src/serve/serving.js';
import { silentReporter } from './silent-reporter.js';

/** A variant with the model of drawn meters. */
export function tinyVariant(name: string, changes: Partial<Variant> = {}): Variant {
  const model = { model: tinyModel(), facts: tinyModelFacts() };
  return { name, version: '1', source: 'out/model.onnx', weight: 1, ...model, ...changes };
}

/** A real server with real threads, on any free port of 127.0.0.1. */
export async function serveModels(
  variants: readonly Variant[],
  limits: Partial<ServeOptions['limits']> = {},
): Promise<RunningServer> {
  return startServer(await openServeTools(silentReporter()), {
    variants,
    host: '127.0.0.1',
    port: 0,
    limits: { workers: 1, queue: 32, maxBodyMB: 20, maxMegapixels: 50, ...limits },
  });
}
