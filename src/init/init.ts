import { homedir } from 'node:os';
import { relative, resolve, sep } from 'node:path';
import type { StoreAnswer } from './answers.pure.js';
import { applySteps } from './apply.js';
import { collectAnswers } from './ask.js';
import type { InitContext } from './context.js';
import { defaultSettings, defaultStore } from './defaults.js';
import { existingStore } from './existing-store.pure.js';
import { planInit } from './plan.pure.js';
import { readState } from './read-state.js';
import type { RepositoryState } from './state.pure.js';
import type { Plan, Step } from './steps.pure.js';
import type { InitResult } from './summary.pure.js';
import { planUninstall } from './uninstall.pure.js';
import { decideWorkflows } from './workflows/decide.js';

/** Sets the repository up, or takes hook and workflows out again. Throws WmsErrors of settings and of writing files. */
export async function runInit(context: InitContext): Promise<InitResult> {
  const { git, options, packageRoot } = context;
  const state = await readState(git, packageRoot);
  if (options.uninstall) {
    const plan = planUninstall(state);
    return result(context, state, plan, await applySteps(git, plan.steps, context.env), null);
  }
  const home = context.env.HOME ?? homedir();
  const answers = await collectAnswers({
    state,
    options,
    defaults: await defaultSettings(git, state, options),
    store: existingStore(state, options, home),
    defaultStore: defaultStore(state),
    prompter: context.prompter.available && !options.yes ? context.prompter : null,
  });
  const plan = planInit(state, answers, await decideWorkflows(context, state, answers.settings));
  return {
    ...result(context, state, plan, await applySteps(git, plan.steps, context.env), answers.store),
    settings: answers.settings,
  };
}

function result(
  { git, options }: InitContext,
  state: RepositoryState,
  plan: Plan,
  problems: readonly string[],
  store: StoreAnswer | null,
): InitResult {
  const shown = (path: string) => {
    const inside = relative(git.topLevel, path);
    return inside.startsWith('..') ? path : inside.split(sep).join('/');
  };
  const files = plan.steps.flatMap((step) =>
    'path' in step ? [{ path: shown(step.path), change: step.change }] : [],
  );
  const directory = store && !/^(s3:\/\/|~)/.test(store.url) ? resolve(git.topLevel, store.url) : null;
  return {
    action: options.uninstall ? 'uninstall' : 'init',
    changed: plan.steps.some(changes),
    files,
    hook: plan.hook && {
      ...plan.hook,
      file: shown(plan.hook.file),
      active: plan.hook.placed && problems.length === 0 && state.packageInstalled,
    },
    store: store && { url: store.url, directory },
    settings: null,
    notes: [...plan.notes, ...problems],
  };
}

function changes(step: Step): boolean {
  return step.do !== 'keep';
}
