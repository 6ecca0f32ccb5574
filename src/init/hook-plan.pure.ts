import { dirname, join, relative } from 'node:path';
import { isShellScript, lfsBlock, pushBlock, withBlock, withLastBlock } from './hook-block.pure.js';
import { detectManager, type HookManager, isLfsHook, plainHooks } from './managers.pure.js';
import { addPrepare, packageJsonOf } from './package-json.pure.js';
import { lefthookSnippet, simpleGitHooksSnippet } from './snippets.pure.js';
import type { RepositoryState } from './state.pure.js';
import { edit, type HookOutcome, type Step } from './steps.pure.js';

interface HookPlan {
  readonly steps: readonly Step[];
  readonly outcome: HookOutcome;
  readonly notes: readonly string[];
}

export function planHook(state: RepositoryState): HookPlan {
  const manager = detectManager(state);
  switch (manager.name) {
    case 'husky':
      return planHusky(state, manager);
    case 'pre-commit':
    case 'hooks directory':
      return planScript(state, manager.name, manager.script);
    case 'lefthook':
    case 'simple-git-hooks':
      return planSettings(state, manager.name, join(state.topLevel, manager.settings));
    case 'shared hooks directory':
      return planSharedDirectory(state, manager.script);
  }
}

type Husky = HookManager & { readonly name: 'husky' };

function planHusky(state: RepositoryState, { directory, active }: Husky): HookPlan {
  // core.hooksPath hides .git/hooks from now on: git-lfs's hooks there move along, others are named.
  const hidden = active ? [] : plainHooks(state);
  const lfs = hidden.filter((name) => isLfsHook(state, name));
  const chain = (name: string, script: string) =>
    lfs.includes(name) && !script.includes(`git lfs ${name}`)
      ? withLastBlock(script, lfsBlock(name), 'wms git-lfs')
      : script;
  const hook = planScript(state, 'husky', join(directory, 'pre-push'), (script) => chain('pre-push', script));
  const chained = lfs
    .filter((name) => name !== 'pre-push')
    .map((name) => {
      const path = join(directory, name);
      return edit(state, path, chain(name, state.files.get(path)?.text ?? ''), true);
    });
  const prepare = planPrepare(state);
  const runs = active && state.files.has(join(directory, '_', 'h'));
  return {
    steps: [
      ...hook.steps,
      ...chained,
      ...prepare.steps,
      ...(runs ? [] : [{ do: 'activate-husky', directory } as const]),
    ],
    outcome: hook.outcome,
    notes: [...hook.notes, ...prepare.notes, ...hiddenNotes(hidden, lfs)],
  };
}

function hiddenNotes(hidden: readonly string[], lfs: readonly string[]): string[] {
  const others = hidden.filter((name) => !lfs.includes(name));
  const because = 'husky hides the hooks in .git/hooks';
  return [
    ...(lfs.length > 0 ? [`${because}: those of git-lfs (${lfs.join(', ')}) now run from .husky.`] : []),
    ...(others.length > 0 ? [`${because}: move ${others.join(', ')} into .husky if you need them.`] : []),
  ];
}

function planPrepare(state: RepositoryState): { steps: readonly Step[]; notes: readonly string[] } {
  const name = packageJsonOf(state.packageDirectory);
  const path = join(state.topLevel, name);
  const text = state.files.get(path)?.text;
  if (text != null) return { steps: [edit(state, path, addPrepare(text, name))], notes: [] };
  return {
    steps: [],
    notes: [
      `There is no ${name}: teammates have to run "npm install wms-hooks && npx husky" once in their clone, or nothing checks their pushes before CI.`,
    ],
  };
}

function planScript(
  state: RepositoryState,
  manager: HookManager['name'],
  path: string,
  finish = (script: string) => script,
): HookPlan {
  const current = state.files.get(path);
  const block = pushBlock(state.packageDirectory);
  const tracked = !isInGitDirectory(state, path);
  const outcome = { manager, file: path, shared: tracked };
  const obstacle = obstacleIn(state, manager, path);
  if (obstacle) {
    return { steps: [], outcome: { ...outcome, placed: false, snippet: block }, notes: [obstacle] };
  }
  const start = manager === 'husky' ? '' : '#!/bin/sh\n';
  const step = edit(state, path, finish(withBlock(current?.text ?? start, block)), true);
  const notes = tracked
    ? []
    : ['Hooks in .git are not shared through Git: every teammate runs "npx wms init" once in their clone.'];
  return { steps: [step], outcome: { ...outcome, placed: true }, notes };
}

/** Why our block cannot be put into an existing hook without breaking it. */
function obstacleIn(state: RepositoryState, manager: HookManager['name'], path: string): string | null {
  const current = state.files.get(path);
  const name = relative(state.topLevel, path);
  if (!current) return null;
  if (current.text === null || !isShellScript(current.text)) {
    return `${name} is no shell script: rename it, call it from a new shell script of that name, and put these lines first there.`;
  }
  return current.executable || manager === 'husky'
    ? null
    : `${name} is not executable, so Git does not run it. If it should run: chmod +x it, then run npx wms init again.`;
}

function planSettings(
  state: RepositoryState,
  manager: 'lefthook' | 'simple-git-hooks',
  path: string,
): HookPlan {
  const text = state.files.get(path)?.text ?? '';
  const placed = text.includes('wms-hooks/hooks/pre-push');
  const snippet =
    manager === 'lefthook'
      ? lefthookSnippet(path, state.packageDirectory)
      : simpleGitHooksSnippet(path, text, state.packageDirectory);
  const notes = placed
    ? []
    : [
        `${manager} runs the hooks here: put the lines above into its settings, then run: npx ${manager}${manager === 'lefthook' ? ' install' : ''}`,
      ];
  return {
    steps: placed ? [{ do: 'keep', path, change: 'unchanged' }] : [],
    outcome: { manager, file: path, shared: true, placed, ...(placed ? {} : { snippet }) },
    notes,
  };
}

function planSharedDirectory(state: RepositoryState, path: string): HookPlan {
  const placed = state.files.get(path)?.text?.includes('wms-hooks/hooks/pre-push') ?? false;
  const outcome = { manager: 'shared hooks directory', file: path, shared: false, placed } as const;
  if (placed) return { steps: [{ do: 'keep', path, change: 'unchanged' }], outcome, notes: [] };
  return {
    steps: [],
    outcome: { ...outcome, snippet: pushBlock(state.packageDirectory) },
    notes: [
      `core.hooksPath points to ${dirname(path)}, outside this repository, so init leaves it alone. The lines above do nothing in other repositories. Or use a hooks directory of this repository alone: git config core.hooksPath .husky/_ and run npx wms init again.`,
    ],
  };
}

function isInGitDirectory({ commonDir }: RepositoryState, path: string): boolean {
  return !relative(commonDir, path).startsWith('..');
}
