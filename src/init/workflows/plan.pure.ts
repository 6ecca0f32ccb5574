import { join } from 'node:path';
import type { RepositoryState } from '../state.pure.js';
import { edit, type Step } from '../steps.pure.js';
import { lineDiff } from './line-diff.pure.js';
import { origin, sameText } from './text.pure.js';

/** Where GitHub looks for them, by the name of their template. */
export const WORKFLOWS: Readonly<Record<string, string>> = {
  'wms.yml': '.github/workflows/wms.yml',
  'wms-guard.yml': '.github/workflows/wms-guard.yml',
};
export const WORKFLOW_PATHS = Object.values(WORKFLOWS);

/** A workflow that is to be brought up to date, and that the team has changed. */
export interface Conflict {
  readonly path: string;
  /** From what is there to what would be. */
  readonly diff: string;
}

export interface WorkflowPlan {
  readonly steps: readonly Step[];
  readonly conflicts: readonly Conflict[];
  readonly notes: readonly string[];
}

interface Wanted {
  /** Of `renderWorkflow`, by path. */
  readonly texts: ReadonlyMap<string, string>;
  /** Also those that are not there yet. */
  readonly create: boolean;
  readonly update: boolean;
}

/** Files that are there stay, unless they are to be updated; then those that the team has changed are conflicts. */
export function planWorkflows(state: RepositoryState, { texts, create, update }: Wanted): WorkflowPlan {
  const steps: Step[] = [];
  const conflicts: Conflict[] = [];
  const old: string[] = [];
  for (const [path, text] of texts) {
    const file = join(state.topLevel, path);
    const current = state.files.get(file);
    const has = current?.text ?? '';
    if (current === undefined) {
      if (create) steps.push(edit(state, file, text));
      continue;
    }
    const isNews = !sameText(has, text) && origin(has)?.digest !== origin(text)?.digest;
    if (!isNews) steps.push({ do: 'keep', path: file, change: 'unchanged' });
    else if (update && origin(has)?.isAsWritten) steps.push(replaced(file, text));
    else if (update) conflicts.push({ path, diff: lineDiff(has, text) });
    else {
      steps.push({ do: 'keep', path: file, change: 'unchanged' });
      old.push(path);
    }
  }
  const notes =
    old.length === 0
      ? []
      : [
          `${old.join(' and ')}: not as this version and these settings would have it. To see how: npx wms init --update`,
        ];
  return { steps, conflicts, notes };
}

/** For a conflict that a person has decided. */
export function replaced(path: string, text: string): Step {
  return { do: 'write', path, text, executable: false, change: 'changed' };
}

/** Takes out what is as we wrote it. */
export function planWorkflowRemoval(state: RepositoryState): Pick<WorkflowPlan, 'steps' | 'notes'> {
  const ours = WORKFLOW_PATHS.flatMap((path) => {
    const from = origin(state.files.get(join(state.topLevel, path))?.text ?? '');
    return from === null ? [] : [{ path, ...from }];
  });
  const changed = ours.filter(({ isAsWritten }) => !isAsWritten).map(({ path }) => path);
  return {
    steps: ours
      .filter(({ isAsWritten }) => isAsWritten)
      .map(({ path }) => ({ do: 'remove', path: join(state.topLevel, path), change: 'removed' })),
    notes:
      changed.length === 0 ? [] : [`Left, because you changed it: ${changed.join(', ')}. Delete it by hand.`],
  };
}
