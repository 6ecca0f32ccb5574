import { execa } from 'execa';
import { cleanEnv } from './clean-env.js';

const colour = process.stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
const paint = (code: number) => (text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = paint(1);
export const green = paint(32);
export const grey = paint(90);

export function say(text = ''): void {
  console.log(text);
}

export function indented(text: string): string {
  return text.trimEnd().replace(/^(?=.)/gm, '     ');
}

let scenes = 0;

export function scene(title: string): void {
  scenes += 1;
  say(`\n${bold(`${scenes}  ${title}`)}`);
}

interface RunOptions {
  /** Printed instead of the command. */
  readonly as?: string;
  /** A word about the command, beside it. */
  readonly note?: string;
  /** Exit code that the story needs; default 0. */
  readonly exitCode?: number;
}

/** Prints a command and runs it silently; its standard output. A different end than expected ends the demo. */
export async function run(
  cwd: string,
  command: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { as, note, exitCode = 0 } = options;
  say(`   $ ${as ?? command.join(' ')}${note === undefined ? '' : grey(`  ${note}`)}`);
  return ask(cwd, command, exitCode);
}

/** Runs a command that is not part of the story; its standard output. */
export async function ask(cwd: string, command: readonly string[], exitCode = 0): Promise<string> {
  const [program = '', ...args] = command;
  const result = await execa(program, args, { ...CHILD, cwd, stdin: 'ignore' });
  if (result.exitCode === exitCode) return result.stdout;
  const end = result.exitCode === undefined ? 'did not run' : `ended with ${result.exitCode}`;
  throw new Error(`${command.join(' ')} ${end}, not ${exitCode}\n${result.stdout}\n${result.stderr}`);
}

/** Prints a command and runs it in front of the audience; its exit code. */
export async function perform(cwd: string, command: readonly string[]): Promise<number | undefined> {
  const [program = '', ...args] = command;
  say(`\n${bold(`$ ${command.join(' ')}`)}`);
  const { exitCode } = await execa(program, args, { ...CHILD, cwd, stdio: 'inherit' });
  return exitCode;
}

const CHILD = { env: cleanEnv(), extendEnv: false, reject: false } as const;
