import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import {
  openPrompter,
  openRegistry,
  openReporter,
  openRepository,
  openServeTools,
  readWorkingConfig,
  requireConfig,
} from '../compose.js';
import { defaultConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { EXIT, type ExitCode, isWmsError } from '../errors.js';
import type { Registry } from '../ports/registry.js';
import { type RunningServer, startServer } from '../serve/server.js';
import type { Variant } from '../serve/serving.js';
import { fileModel, productionModel, registryModel } from '../serve/sources.js';
import { parseVariants, VARIANT_NAME, type VariantFlag } from '../serve/variants.pure.js';

export interface ServeFlags {
  readonly model?: string;
  readonly production?: true;
  readonly variant?: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly json?: true;
}

/** Resolves when a signal has ended the server. */
export async function runServe(flags: ServeFlags): Promise<ExitCode> {
  const asked = askedFor(flags);
  const config = await settings();
  const reporter = await openReporter();
  const stopped = firstSignal();
  try {
    reporter.heading('serve');
    const variants: Variant[] = [];
    let registry: Promise<Registry> | undefined;
    for (const { name, model, weight } of asked) {
      const found = await modelOf(model, () => {
        registry ??= registryHere();
        return registry;
      });
      variants.push({ name, weight, ...found });
    }
    const tools = await openServeTools(reporter);
    const { host, port } = flags;
    const server = await startServer(tools, { variants, host, port, limits: config.serve });
    reporter.close();
    announce(server, flags, reporter.note.bind(reporter));
    const signal = await stopped;
    reporter.note(`\n${signal}: answering what is in flight, then ending.`);
    await server.stop();
    return EXIT.done;
  } finally {
    reporter.close();
  }
}

function askedFor({ model, variant }: ServeFlags): VariantFlag[] {
  if (variant !== undefined) return parseVariants(variant);
  if (model === undefined) return [{ name: 'production', model: 'production', weight: 1 }];
  const name = basename(model).replace(/\.onnx$/i, '');
  return [{ name: VARIANT_NAME.test(name) ? name : 'model', model, weight: 1 }];
}

async function modelOf(model: string, registry: () => Promise<Registry>) {
  if (model === 'production') return productionModel(await registry());
  if (/^v?\d+$/.test(model) && !existsSync(model)) return registryModel(await registry(), model);
  return fileModel(model);
}

async function registryHere(): Promise<Registry> {
  const git = await openRepository(process.cwd());
  return openRegistry(git, await requireConfig(git), openPrompter());
}

/** A model file can be served anywhere: defaults outside of a repository. */
async function settings(): Promise<Config> {
  try {
    return (await readWorkingConfig(await openRepository(process.cwd()))) ?? defaultConfig();
  } catch (error) {
    if (isWmsError(error, 'git/not-a-repository')) return defaultConfig();
    throw error;
  }
}

function announce({ url }: RunningServer, { json }: ServeFlags, note: (text: string) => void): void {
  if (json) process.stdout.write(`${JSON.stringify({ url })}\n`);
  note(
    [
      `\nServing at ${url}. Ctrl-C ends it.`,
      `  Page   ${url}/ (drop a photo, see its mask)`,
      `  API    ${url}/docs`,
      `  Try    curl --data-binary @photo.jpg -H 'Content-Type: image/jpeg' ${url}/predict > mask.png`,
    ].join('\n'),
  );
}

/** The first one; a second ends the process at once, as signals do. */
function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
}
