import { EXIT, type ExitCode } from '../../errors.js';
import type { Decision } from '../verdict.js';

const CODES: Record<Decision, ExitCode> = {
  better: EXIT.done,
  first: EXIT.done,
  'not-better': EXIT.gateNotBetter,
  undecided: EXIT.gateUndecided,
};

/** What a command ends with that asked the gate. */
export const exitCodeOf = (decision: Decision): ExitCode => CODES[decision];
