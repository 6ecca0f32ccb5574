import { rmSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { EXIT, isWmsError, WmsError } from '../../errors.js';
import { terraformError } from './errors.js';
import { type Diagnostic, errorsIn, readLine } from './messages.pure.js';
import { findProgram, type Program } from './program.js';
import { type End, runToEnd } from './run.js';

/** Somebody else's change is waited for this long. */
const LOCK = '-lock-timeout=60s';
const QUIET = ['-input=false', '-no-color'];

interface StackParts {
  readonly topLevel: string;
  /** As the settings name it. */
  readonly directory: string;
  readonly program: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** Environment of the provider. What is secret in it is never shown. */
  readonly credentials: () => Promise<Readonly<Record<string, string>>>;
  /** What EC2 said, in words. */
  readonly providerError: (failure: { name: string; message: string }) => Promise<WmsError>;
  /** A line of what goes on. */
  readonly tell: (line: string) => void;
}

/** Variables of one call. */
export interface Variables {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** One directory of Terraform: its commands, each answer or a WmsError. */
export interface Stack {
  /** False: the directory is not there. */
  exists(): Promise<boolean>;
  /** What will be made, as text; it is saved in `file`. */
  plan(variables: Variables, file: string): Promise<string>;
  apply(variables: Variables): Promise<void>;
  /** False: something has changed since the plan was made. */
  applyPlan(variables: Variables, file: string): Promise<boolean>;
  destroy(variables: Variables): Promise<void>;
  /** Text of `output -json`. */
  outputs(): Promise<string>;
  /** Text of `state pull`; empty when there has never been one. */
  state(): Promise<string>;
}

export function openStack(parts: StackParts): Stack {
  const { topLevel, directory, tell } = parts;
  const cwd = resolve(topLevel, directory);
  let found: Promise<Program> | undefined;
  let ready: Promise<void> | undefined;

  const programOf = () => {
    found ??= findProgram(parts);
    return found;
  };
  const exists = async () => (await stat(cwd).catch(() => null))?.isDirectory() === true;

  async function surroundings(own: Readonly<Record<string, string>> = {}) {
    if (!(await exists())) throw noDirectory(directory);
    const { command } = await programOf();
    const credentials = await parts.credentials();
    const secrets = SECRET.map((name) => credentials[name] ?? '').filter((secret) => secret !== '');
    const mask = (text: string) => secrets.reduce((masked, secret) => masked.replaceAll(secret, '…'), text);
    const automation = { TF_IN_AUTOMATION: '1', TF_INPUT: '0', CHECKPOINT_DISABLE: '1' };
    return { command, mask, env: { ...parts.env, ...credentials, ...automation, ...own } };
  }

  /** A command with `-json`, its progress told. */
  async function run(verb: string, args: readonly string[], own: Variables['env'] = {}): Promise<void> {
    const { command, mask, env } = await surroundings(own);
    const errors: Diagnostic[] = [];
    const other: string[] = [];
    const onLine = (line: string) => {
      const message = readLine(mask(line));
      if (message === null) return;
      if (message.kind === 'progress') tell(message.text);
      if (message.kind === 'text') other.push(message.text);
      if (message.kind !== 'diagnostic') return;
      const { severity, summary } = message.diagnostic;
      if (severity === 'error') errors.push(message.diagnostic);
      else tell(`Warning: ${summary}`);
    };
    const end = await runToEnd({ command, args: [verb, ...args], cwd, env, onLine });
    if (end.exitCode !== 0) await fail(verb, { ...end, errors, text: other.join('\n') });
  }

  /** A short command that prints what it knows. */
  async function ask(args: readonly string[]): Promise<string> {
    const { command, mask, env } = await surroundings();
    const options = { cwd, env, extendEnv: false, reject: false, stdin: 'ignore' } as const;
    const { exitCode = null, signal = null, stdout, stderr } = await execa(command, args, options);
    const text = mask(stderr);
    if (exitCode === 0) return stdout;
    const end: End = { exitCode, signal: signal as NodeJS.Signals | null, interrupted: null };
    return fail(args[0] ?? '', { ...end, errors: errorsIn(text), text });
  }

  async function init(): Promise<void> {
    tell('init: modules and providers');
    const { command, mask, env } = await surroundings();
    let text = '';
    const onLine = (line: string) => {
      text += `${mask(line)}\n`;
      if (line.startsWith('- ')) tell(`init: ${mask(line.slice(2))}`);
    };
    const end = await runToEnd({ command, args: ['init', ...QUIET, LOCK], cwd, env, onLine });
    if (end.exitCode !== 0) await fail('init', { ...end, errors: errorsIn(text), text });
  }
  /** Once for each process; a failed one is tried again. */
  const initialised = () => {
    ready ??= init().catch((error: unknown) => {
      ready = undefined;
      throw error;
    });
    return ready;
  };

  async function fail(verb: string, end: End & { errors: Diagnostic[]; text: string }): Promise<never> {
    const program = (await programOf()).command;
    throw await terraformError({ verb, program, directory, ...end }, parts.providerError);
  }

  /** Reading the state needs no providers, and where it is a file not even `init`. */
  async function askState(args: readonly string[]): Promise<string> {
    try {
      return await ask(args);
    } catch (error) {
      if (!isWmsError(error, 'cloud/terraform-backend')) throw error;
      await initialised();
      return ask(args);
    }
  }

  const changing = ['-json', '-input=false', LOCK];
  return {
    exists,
    async plan({ args, env }, file) {
      await initialised();
      await run('plan', [...changing, `-out=${file}`, ...args], env);
      return ask(['show', '-no-color', file]);
    },
    async apply({ args, env }) {
      await initialised();
      await run('apply', [...changing, '-auto-approve', ...args], env);
    },
    async applyPlan({ env }, file) {
      try {
        await run('apply', [...changing, file], env);
        return true;
      } catch (error) {
        if (isWmsError(error) && /Saved plan is stale/i.test(error.why ?? '')) return false;
        throw error;
      }
    },
    async destroy({ args, env }) {
      await initialised();
      await run('destroy', [...changing, '-auto-approve', ...args], env);
    },
    outputs: () => askState(['output', '-json', '-no-color']),
    state: () => askState(['state', 'pull']),
  };
}

const SECRET = ['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

/** A place for a plan, which may hold secrets: it does not outlive this process. `remove` again is success. */
export async function placeForPlan(): Promise<{ file: string; remove: () => Promise<void> }> {
  const place = await mkdtemp(join(tmpdir(), 'wms-plan-'));
  const options = { recursive: true, force: true };
  process.once('exit', () => rmSync(place, options));
  return { file: join(place, 'plan'), remove: () => rm(place, options) };
}

function noDirectory(directory: string): WmsError {
  return new WmsError({
    kind: 'cloud/terraform-directory',
    code: EXIT.usage,
    what: `The directory ${directory} of the stack is not there.`,
    why: 'cloud.terraform.directory names it in wms.config.json.',
    next: `cp -r node_modules/wms-hooks/templates/terraform ${directory}`,
  });
}
