import type { ExitCode } from '../errors.js';
import type { CiTarget } from './target.js';
import type { CiTools } from './tools.js';

interface CiOptions {
  /** Training command; none: that of the settings. */
  readonly command: readonly string[];
  readonly signal: AbortSignal;
  /** Address of the workflow run that this is a part of. */
  readonly githubRun: string | null;
}

export interface StepOutcome {
  /** For programs. */
  readonly facts: object;
  /** For standard output, where no JSON is asked for. */
  readonly text?: string;
  /** Markdown for the page of the workflow run. */
  readonly summary?: string;
  /** For people, the outcome first. */
  readonly lines: readonly string[];
  readonly exitCode: ExitCode;
}

/** One job of the workflow. Run again, each comes to the same end. */
export interface CiStep {
  readonly name: string;
  run(tools: CiTools, target: CiTarget, options: CiOptions): Promise<StepOutcome>;
}
