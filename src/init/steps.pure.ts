import type { HookManager } from './managers.pure.js';
import type { RepositoryState } from './state.pure.js';

type Change = 'created' | 'extended' | 'changed' | 'removed' | 'unchanged';

/** One thing that a plan does. Paths are absolute. */
export type Step =
  | {
      readonly do: 'write';
      readonly path: string;
      readonly text: string;
      readonly executable: boolean;
      readonly change: Change;
    }
  | { readonly do: 'keep'; readonly path: string; readonly change: 'unchanged' }
  | { readonly do: 'remove'; readonly path: string; readonly change: 'removed' }
  /** In this clone's own settings. Null: unset. */
  | { readonly do: 'git-setting'; readonly key: string; readonly value: string | null }
  | { readonly do: 'activate-husky'; readonly directory: string }
  | { readonly do: 'deactivate-husky'; readonly directory: string };

export interface HookOutcome {
  readonly manager: HookManager['name'];
  /** Where the block is, or has to be put by hand. Absolute. */
  readonly file: string;
  /** False: a person has to put `snippet` into `file`. */
  readonly placed: boolean;
  /** Whether teammates get the hook through Git. */
  readonly shared: boolean;
  readonly snippet?: string;
}

export interface Plan {
  readonly steps: readonly Step[];
  /** Null when hooks were taken out. */
  readonly hook: HookOutcome | null;
  readonly notes: readonly string[];
}

/** The step that makes a file hold `text`. */
export function edit(state: RepositoryState, path: string, text: string, executable = false): Step {
  const current = state.files.get(path);
  if (current?.text === text) return { do: 'keep', path, change: 'unchanged' };
  const before = current?.text;
  const change =
    current === undefined ? 'created' : text.length > (before ?? '').length ? 'extended' : 'changed';
  return { do: 'write', path, text, executable: current?.executable ?? executable, change };
}
