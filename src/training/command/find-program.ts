import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { EXIT, WmsError } from '../../errors.js';

/**
 * Proves that a command can be started: it is there, is executable, and a script says what runs it. Answers its full
 * path. Throws WmsError (exit code 2) `train/command-missing`, `train/not-executable`, `train/no-interpreter`.
 */
export async function findProgram(command: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const file = /[\\/]/.test(command) ? resolve(cwd, command) : await onPath(command, env);
  const stats = file === null ? null : await stat(file).catch(() => null);
  if (file === null || stats === null) throw missing(command, cwd);
  if (!stats.isFile())
    throw problem(
      'not-executable',
      `${command} is no program.`,
      `${file} is a directory.`,
      'Name the program behind --.',
    );
  if (process.platform === 'win32') return file;
  const mayRun = await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!mayRun) {
    throw problem(
      'not-executable',
      `${command} is not executable.`,
      `${file} lacks the x permission.`,
      `chmod +x ${command}`,
    );
  }
  await checkScript(command, file);
  return file;
}

async function onPath(command: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  const endings = process.platform === 'win32' ? (env.PATHEXT ?? '.EXE;.CMD;.BAT').split(';') : [''];
  for (const directory of (env.PATH ?? '').split(delimiter)) {
    for (const ending of endings) {
      const file = join(directory || '.', command + ending);
      const stats = await stat(file).catch(() => null);
      if (stats?.isFile()) return file;
    }
  }
  return null;
}

/** A program is no text; a script must begin with the program that runs it, under Unix line ends. */
async function checkScript(command: string, file: string): Promise<void> {
  const start = await beginning(file);
  if (start.includes(0)) return;
  const text = start.toString();
  const fix = `Write #!/usr/bin/env python3, or what runs it, into its first line; or name that program: npx wms train -- python3 ${command}`;
  if (!text.startsWith('#!')) {
    throw problem(
      'no-interpreter',
      `${command} is a script without a first line that says what runs it.`,
      `${file} does not begin with #!.`,
      fix,
    );
  }
  const [line = ''] = text.split('\n', 1);
  if (line.endsWith('\r')) {
    const why =
      'Its first line ends as on Windows, so that the system looks for a program with a return in its name.';
    throw problem(
      'no-interpreter',
      `${command} cannot be started.`,
      why,
      `Save ${command} with Unix line ends (LF).`,
    );
  }
  const [interpreter = ''] = line.slice(2).trim().split(/\s/);
  const isThere = isAbsolute(interpreter) && (await stat(interpreter).catch(() => null)) !== null;
  if (!isThere) {
    throw problem(
      'no-interpreter',
      `${command} cannot be started.`,
      `Its first line names ${interpreter || 'nothing'}, which is not here.`,
      fix,
    );
  }
}

async function beginning(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(256), 0, 256, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function missing(command: string, cwd: string): WmsError {
  return /[\\/]/.test(command)
    ? problem(
        'command-missing',
        `${command} is not there.`,
        `Looked for ${resolve(cwd, command)}.`,
        'Correct the path behind --.',
      )
    : problem(
        'command-missing',
        `The program ${command} was not found.`,
        'No directory of the PATH has it.',
        `Install it, or activate the environment that has it. A file beside you is ./${command}`,
      );
}

function problem(kind: string, what: string, why: string, next: string): WmsError {
  return new WmsError({ kind: `train/${kind}`, code: EXIT.usage, what, why, next });
}
