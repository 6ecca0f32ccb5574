import { closeSync, openSync } from 'node:fs';
import tty from 'node:tty';

export interface Terminal {
  readonly input: tty.ReadStream;
  readonly output: tty.WriteStream;
  close(): void;
}

interface Devices {
  readonly input: string;
  readonly output: string;
  readonly flags: string;
}

/** In a hook stdin belongs to Git: the person is reached through the terminal's own device. */
function devices(): Devices {
  return process.platform === 'win32'
    ? { input: '\\\\.\\CONIN$', output: '\\\\.\\CONOUT$', flags: 'r+' }
    : { input: '/dev/tty', output: '/dev/tty', flags: 'r+' };
}

/** Whether somebody can be asked here. Opens nothing for good and never waits. */
export function hasTerminal(env: NodeJS.ProcessEnv): boolean {
  if (isSwitchedOn(env.CI) || env.TERM === 'dumb') return false;
  if (process.stdin.isTTY && process.stderr.isTTY) return true;
  try {
    const fd = openSync(devices().input, devices().flags);
    const answers = tty.isatty(fd);
    closeSync(fd);
    return answers;
  } catch {
    return false;
  }
}

/** Questions go to stderr or to the device, never to stdout, which belongs to `--json`. */
export function openTerminal(): Terminal {
  const { input: inputPath, output: outputPath, flags } = devices();
  const input = process.stdin.isTTY ? process.stdin : new tty.ReadStream(openSync(inputPath, flags));
  const output = process.stderr.isTTY ? process.stderr : new tty.WriteStream(openSync(outputPath, flags));
  return {
    input,
    output,
    close: () => {
      // An open terminal keeps the process alive; our own stdin only has to stop reading.
      if (input === process.stdin) input.pause();
      else input.destroy();
      if (output !== process.stderr) output.destroy();
    },
  };
}

function isSwitchedOn(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value);
}
