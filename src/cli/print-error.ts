import { EXIT, type ExitCode, isWmsError } from '../errors.js';

const indent = (text: string): string => text.replace(/^/gm, '  ');

/** The one place that turns what was thrown into text and an exit code. */
export function printError(error: unknown, write: (text: string) => void): ExitCode {
  if (!isWmsError(error)) {
    write(
      `\n✖ This is a bug in wms, not a mistake of yours. Nothing was pushed.\n${indent(stackOf(error))}\n`,
    );
    write('→ Please report it with the lines above.\n');
    return EXIT.bug;
  }
  write(`\n✖ ${error.message}\n`);
  if (error.why !== undefined && error.why !== '') write(`${indent(error.why)}\n`);
  if (error.next !== undefined && error.next !== '') write(`→ ${error.next}\n`);
  return error.code;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
