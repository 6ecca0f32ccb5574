import type { Prompter } from '../ports/prompter.js';
import {
  type Answers,
  type InitOptions,
  newStore,
  normaliseSettings,
  type Settings,
  type StoreAnswer,
  settingProblem,
  storeProblem,
} from './answers.pure.js';
import type { RepositoryState } from './state.pure.js';

interface Questions {
  readonly state: RepositoryState;
  readonly options: InitOptions;
  readonly defaults: Settings;
  /** What `.dvc/config` names already. */
  readonly store: StoreAnswer | null;
  readonly defaultStore: string;
  /** Null: nobody to ask, defaults are taken. */
  readonly prompter: Prompter | null;
}

/** Flags, then what is set already, then a person, then defaults: only what none of the former decides is asked. */
export async function collectAnswers(questions: Questions): Promise<Answers> {
  const { state, options, prompter } = questions;
  const person = state.config === null ? prompter : null;
  let settings = applyFlags(questions.defaults, options);
  const ask = async (flag: string | undefined, setting: string, question: string, change: Change) => {
    if (flag !== undefined || person === null) return;
    const before = settings;
    const answer = await person.input(question, {
      default: current(before, setting),
      validate: (value) => settingProblem(change(before, value), setting) ?? true,
    });
    settings = change(before, answer);
  };
  await ask(options.images, 'dataset.images', 'Directory of the images', withImages);
  await ask(options.masks, 'dataset.masks', 'Directory of the masks', withMasks);
  const store = questions.store ?? newStore(await askStore(questions), options, state.topLevel);
  await ask(options.model, 'model.path', 'Production model (ONNX file; need not be there yet)', withModel);
  await ask(options.branch, 'protectedBranches', 'Protected branch, which never holds raw files', withBranch);
  return { settings: normaliseSettings(settings), store };
}

async function askStore({ options, state, prompter, defaultStore }: Questions): Promise<string> {
  if (options.store !== undefined) return options.store;
  if (prompter === null) return defaultStore;
  return prompter.input('Store: a directory, or s3://bucket/prefix', {
    default: defaultStore,
    validate: (value) => storeProblem(value, state.topLevel) ?? true,
  });
}

type Change = (settings: Settings, value: string) => Settings;

const withImages: Change = (settings, images) => ({ ...settings, dataset: { ...settings.dataset, images } });
const withMasks: Change = (settings, masks) => ({ ...settings, dataset: { ...settings.dataset, masks } });
const withModel: Change = (settings, path) => ({ ...settings, model: { path } });
const withBranch: Change = (settings, branch) => ({ ...settings, protectedBranches: [branch] });

function applyFlags(settings: Settings, { images, masks, model }: InitOptions): Settings {
  const changes: [string | undefined, Change][] = [
    [images, withImages],
    [masks, withMasks],
    [model, withModel],
  ];
  return changes.reduce((all, [value, change]) => (value === undefined ? all : change(all, value)), settings);
}

function current({ dataset, model, protectedBranches }: Settings, setting: string): string {
  if (setting === 'dataset.images') return dataset.images;
  if (setting === 'dataset.masks') return dataset.masks;
  return setting === 'model.path' ? model.path : (protectedBranches[0] ?? 'main');
}
