import type { GitRepository } from '../ports/git-repository.js';
import type { Prompter } from '../ports/prompter.js';
import type { InitOptions } from './answers.pure.js';

export interface InitContext {
  readonly git: GitRepository;
  readonly prompter: Prompter;
  readonly options: InitOptions;
  /** Where this package is installed. */
  readonly packageRoot: string;
  readonly env: NodeJS.ProcessEnv;
  /** The remote is on GitHub. */
  readonly onGithub: boolean;
  /** For a person to read before a question. */
  show(text: string): void;
}
