import { basename, dirname, join, relative } from 'node:path';
import { isEmptyScript, withoutBlocks } from './hook-block.pure.js';
import { detectManager, HOOK_NAMES, MANAGER_FILES } from './managers.pure.js';
import { planMergeDriverRemoval } from './merge-driver-plan.pure.js';
import { dependsOnHusky, packageJsonOf, removePrepare } from './package-json.pure.js';
import type { RepositoryState } from './state.pure.js';
import { edit, type Plan, type Step } from './steps.pure.js';
import { planWorkflowRemoval } from './workflows/plan.pure.js';

/** Takes out what `wms init` put into hooks, Git's merges and workflows, and husky if nothing else needs it. Settings and pointers stay. */
export function planUninstall(state: RepositoryState): Plan {
  const scripts = planScripts(state);
  const hooks = scripts.length > 0 ? [...planHuskyRemoval(state, scripts), ...scripts] : [];
  const workflows = planWorkflowRemoval(state);
  const steps = [...planMergeDriverRemoval(state), ...workflows.steps, ...hooks];
  return { steps, hook: null, notes: [...handMade(state), ...workflows.notes, ...left(state)] };
}

function planScripts(state: RepositoryState): Step[] {
  const directories = hookDirectories(state);
  return [...state.files].flatMap(([path, { text }]): Step[] => {
    if (text === null || !directories.includes(dirname(path))) return [];
    const without = withoutBlocks(text);
    if (without === text) return [];
    return isEmptyScript(without)
      ? [{ do: 'remove', path, change: 'removed' }]
      : [edit(state, path, without)];
  });
}

/** A hooks directory that other repositories use was filled by hand, so it is emptied by hand. */
function hookDirectories(state: RepositoryState): string[] {
  const manager = detectManager(state);
  const own = [join(state.commonDir, 'hooks'), join(state.topLevel, '.husky')];
  if (manager.name === 'husky') return [...own, manager.directory];
  return manager.name === 'hooks directory' ? [...own, dirname(manager.script)] : own;
}

/** Before the scripts: killed half-way, the next run still finds a block and goes on. */
function planHuskyRemoval(state: RepositoryState, scripts: readonly Step[]): Step[] {
  const manager = detectManager(state);
  if (manager.name !== 'husky') return [];
  const removed = scripts.flatMap((step) => (step.do === 'remove' ? [step.path] : []));
  const remaining = HOOK_NAMES.map((name) => join(manager.directory, name)).filter(
    (path) => state.files.has(path) && !removed.includes(path),
  );
  const name = packageJsonOf(state.packageDirectory);
  const path = join(state.topLevel, name);
  const text = state.files.get(path)?.text ?? null;
  if (remaining.length > 0 || (text !== null && dependsOnHusky(text, name))) return [];
  return [
    ...(text === null ? [] : [edit(state, path, removePrepare(text, name))]),
    { do: 'deactivate-husky', directory: manager.directory },
  ];
}

function handMade({ topLevel, files, hooksPath }: RepositoryState): string[] {
  const candidates = MANAGER_FILES.map((name) => join(topLevel, name));
  if (hooksPath && basename(hooksPath) !== '_') candidates.push(join(hooksPath, 'pre-push'));
  return candidates
    .filter((path) => {
      const text = files.get(path)?.text;
      return text != null && withoutBlocks(text).includes('wms-hooks/hooks/pre-push');
    })
    .map((path) => `Take the call of wms-hooks/hooks/pre-push out of ${relative(topLevel, path)} by hand.`);
}

function left({ topLevel, files, config }: RepositoryState): string[] {
  const names = ['wms.config.json', '.dvc/config', '.dvc/.gitignore', '.dvcignore'];
  const present = names.filter((name) => files.has(join(topLevel, name)));
  if (present.length === 0) return [];
  const pointers = config ? `, the pointers (${config.dataset.images}.dvc, ${config.dataset.masks}.dvc)` : '';
  return [`Left as they are: ${present.join(', ')}${pointers} and everything in the store.`];
}
