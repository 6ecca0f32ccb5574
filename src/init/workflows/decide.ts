import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, WmsError } from '../../errors.js';
import type { Settings } from '../answers.pure.js';
import type { InitContext } from '../context.js';
import { packageJsonOf } from '../package-json.pure.js';
import type { RepositoryState } from '../state.pure.js';
import type { Step } from '../steps.pure.js';
import { type Conflict, planWorkflows, replaced, WORKFLOW_PATHS, WORKFLOWS } from './plan.pure.js';
import { renderWorkflow } from './text.pure.js';

interface Decided {
  readonly steps: readonly Step[];
  readonly notes: readonly string[];
}

/**
 * What becomes of the workflows for GitHub. Asks where somebody can answer. Throws WmsError `init/workflow-changed` (exit
 * code 6) when nobody can, and an update would replace what the team has changed.
 */
export async function decideWorkflows(
  context: InitContext,
  state: RepositoryState,
  settings: Settings,
): Promise<Decided> {
  const isThere = WORKFLOW_PATHS.some((path) => state.files.has(join(state.topLevel, path)));
  const create = await wantsWorkflows(context, state, isThere);
  if (!create && !isThere) return { steps: [], notes: hint(context) };
  const texts = await renderAll(context, state, settings);
  const update = context.options.update ?? false;
  const { steps, conflicts, notes } = planWorkflows(state, { texts, create, update });
  if (conflicts.length === 0) return { steps, notes };
  if (!canAsk(context)) throw changed(conflicts);
  const answers: Step[] = [];
  for (const conflict of conflicts)
    answers.push(await settle(context, state, conflict, texts.get(conflict.path) ?? ''));
  return { steps: [...steps, ...answers], notes };
}

async function wantsWorkflows(
  context: InitContext,
  state: RepositoryState,
  isThere: boolean,
): Promise<boolean> {
  const { options, onGithub, prompter } = context;
  if (options.workflows !== undefined) return options.workflows;
  if (isThere || state.config !== null || !onGithub) return false;
  return (
    !canAsk(context) ||
    prompter.confirm('The remote is on GitHub. Write workflows that check, train and merge?', true)
  );
}

/** Set up before, perhaps before there was a remote. */
function hint({ options, onGithub }: InitContext): string[] {
  const isSettled = options.workflows !== undefined || !onGithub;
  return isSettled
    ? []
    : ['The remote is on GitHub. For workflows that check, train and merge there: npx wms init --workflows'];
}

async function renderAll(
  { packageRoot }: InitContext,
  { packageDirectory }: RepositoryState,
  { protectedBranches }: Settings,
): Promise<Map<string, string>> {
  const packageJsonDirectory = packageJsonOf(packageDirectory).replace(/\/?package\.json$/, '');
  const texts = Object.entries(WORKFLOWS).map(async ([name, path]) => {
    const template = await readFile(join(packageRoot, 'templates/github', name), 'utf8');
    return [path, renderWorkflow(template, { protectedBranches, packageJsonDirectory })] as const;
  });
  return new Map(await Promise.all(texts));
}

async function settle(
  { prompter, show }: InitContext,
  { topLevel }: RepositoryState,
  { path, diff }: Conflict,
  text: string,
): Promise<Step> {
  show(`\n${path}, which you changed (-), and what this version would have there (+):\n\n${diff}\n\n`);
  const file = join(topLevel, path);
  const isYes = await prompter.confirm(
    `Replace ${path}? Lines with - are lost, unless they are committed.`,
    false,
  );
  return isYes ? replaced(file, text) : { do: 'keep', path: file, change: 'unchanged' };
}

function canAsk({ prompter, options }: InitContext): boolean {
  return prompter.available && !options.yes;
}

function changed(conflicts: readonly Conflict[]): WmsError {
  const paths = conflicts.map(({ path }) => path).join(' ');
  return new WmsError({
    kind: 'init/workflow-changed',
    code: EXIT.conflict,
    what: `${conflicts.map(({ path }) => path).join(' and ')}: you changed it, and this version of wms-hooks has another one. Nothing was written.`,
    why: conflicts.map(({ path, diff }) => `${path}\n${diff}`).join('\n\n'),
    next: `To decide: npx wms init --update, in a terminal. To take the new one: git rm --cached ${paths}; rm ${paths}; npx wms init --workflows`,
  });
}
