import { closeSync, openSync, writeSync } from 'node:fs';
import { localError } from '../../clone/local-error.js';
import { LastLines } from '../last-lines.pure.js';

const LINES_KEPT = 20;

/** What a command prints: to the person, into a file, and the end of it for messages. */
export class CommandOutput {
  readonly last = new LastLines(LINES_KEPT);
  /** Why the file is not complete; null while it is. */
  logFailure: string | null = null;
  private readonly log: number;

  /** Throws WmsError when the file cannot be made. */
  constructor(
    file: string,
    private readonly show: (chunk: Buffer) => void,
  ) {
    try {
      this.log = openSync(file, 'w');
    } catch (error) {
      throw localError(error, file);
    }
  }

  push(chunk: Buffer): void {
    this.last.push(chunk);
    this.show(chunk);
    if (this.logFailure !== null) return;
    try {
      // At once: when this process is killed, the log is all that is left.
      writeSync(this.log, chunk);
    } catch (error) {
      this.logFailure = (error as Error).message;
    }
  }

  close(): void {
    closeSync(this.log);
  }
}
