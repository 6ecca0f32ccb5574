import { join } from 'node:path';
import { renderDvcConfig } from '../config/dvc-config.js';
import { CONFIG_FILE } from '../config/schema.js';
import type { Answers } from './answers.pure.js';
import { planHook } from './hook-plan.pure.js';
import { setInJson } from './json-edit.pure.js';
import { planMergeDriver } from './merge-driver-plan.pure.js';
import type { RepositoryState } from './state.pure.js';
import { edit, type Plan, type Step } from './steps.pure.js';

/** DVC would write these on its first run and leave the working tree dirty. */
const DVC_GITIGNORE = '/config.local\n/tmp\n/cache\n';
const DVCIGNORE =
  '# Add patterns of files dvc should ignore, which could improve\n' +
  '# the performance. Learn more at\n' +
  '# https://dvc.org/doc/user-guide/dvcignore\n';

/** Everything that `wms init` is going to do, in order: what makes the hook run comes last. */
export function planInit(
  state: RepositoryState,
  answers: Answers,
  workflows: Pick<Plan, 'steps' | 'notes'>,
): Plan {
  const hook = planHook(state);
  return {
    steps: [
      ifAbsent(state, '.dvcignore', DVCIGNORE),
      ifAbsent(state, '.dvc/.gitignore', DVC_GITIGNORE),
      planDvcConfig(state, answers),
      planConfig(state, answers),
      ...planMergeDriver(state, answers.settings.dataset),
      ...workflows.steps,
      ...hook.steps,
    ],
    hook: hook.outcome,
    notes: [...packageNotes(state), ...hook.notes, ...workflows.notes],
  };
}

function ifAbsent(state: RepositoryState, name: string, text: string): Step {
  const path = join(state.topLevel, name);
  return edit(state, path, state.files.get(path)?.text ?? text);
}

function planDvcConfig(state: RepositoryState, { store }: Answers): Step {
  const path = join(state.topLevel, '.dvc/config');
  const current = state.files.get(path)?.text ?? '';
  if (store.alreadySet) return edit(state, path, current);
  const rendered = renderDvcConfig(store);
  const core = /^[ \t]*\[[ \t]*core[ \t]*\][^\n]*\n?/im.exec(current);
  if (!core) return edit(state, path, current + separator(current) + rendered);
  // DVC refuses a section that is there twice: our key goes into the one that stands there.
  const [, key = '', ...remote] = rendered.split('\n');
  const at = core.index + core[0].length;
  const head = current.slice(0, at);
  const text = `${head}${separator(head)}${key}\n${current.slice(at)}`;
  return edit(state, path, text + separator(text) + remote.join('\n'));
}

function separator(text: string): string {
  return text === '' || text.endsWith('\n') ? '' : '\n';
}

function planConfig(state: RepositoryState, { settings }: Answers): Step {
  const path = join(state.topLevel, CONFIG_FILE);
  const current = state.files.get(path)?.text;
  if (state.config === null || current == null) {
    const text = { $schema: `./${state.packageDirectory}/schema/wms.config.schema.json`, ...settings };
    return edit(state, path, `${JSON.stringify(text, null, 2)}\n`);
  }
  const { dataset, protectedBranches, model } = state.config;
  const changes: [string[], unknown, unknown][] = [
    [['dataset', 'images'], dataset.images, settings.dataset.images],
    [['dataset', 'masks'], dataset.masks, settings.dataset.masks],
    [['protectedBranches'], protectedBranches.join('\n'), settings.protectedBranches.join('\n')],
    [['model', 'path'], model.path, settings.model.path],
  ];
  const text = changes
    .filter(([, before, after]) => before !== after)
    .reduce((json, [keys]) => setInJson(json, keys, valueAt(settings, keys)), current);
  return edit(state, path, text);
}

function valueAt(settings: object, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], settings);
}

function packageNotes({ packageInstalled, packageDirectory, files, topLevel }: RepositoryState): string[] {
  if (packageInstalled) return [];
  return files.has(join(topLevel, '.pnp.cjs'))
    ? [
        'Yarn Plug’n’Play keeps no node_modules, which the hook needs: set "nodeLinker: node-modules" in .yarnrc.yml.',
      ]
    : [`There is no ${packageDirectory} yet, which the hook needs: npm install --save-dev wms-hooks`];
}
