import type { WmsError } from '../../errors.js';

export interface RemotePlace {
  /** For people. */
  readonly name: string;
  /** Of 127.0.0.1; leads to the machine. */
  readonly port: number;
  readonly ticket: string;
  /** Top of the files, absolute. */
  readonly tree: string;
  /** Paths below it of all that goes along. */
  readonly files: () => Promise<readonly string[]>;
  /** How a person is told that the connection is lost. */
  readonly lost: (why: string) => WmsError;
}
