import { join } from 'node:path';
import {
  attributesLine,
  mergeDriver,
  mergeDriverSettings,
  withAttributes,
  withoutAttributes,
} from '../config/merge-driver.pure.js';
import type { Config } from '../config/schema.js';
import type { RepositoryState } from './state.pure.js';
import { edit, type Step } from './steps.pure.js';

/** The attributes are committed for everybody, the settings are this clone's; teammates get theirs with their first push. */
export function planMergeDriver(state: RepositoryState, dataset: Config['dataset']): Step[] {
  const path = join(state.topLevel, '.gitattributes');
  const current = state.files.get(path)?.text;
  const missing = settings(state).filter(([key, value]) => state.gitSettings.get(key) !== value);
  return [
    ...(current === null ? [] : [edit(state, path, withAttributes(current ?? '', lines(dataset)))]),
    ...missing.map(([key, value]): Step => ({ do: 'git-setting', key, value })),
  ];
}

/** Takes out our lines and settings. */
export function planMergeDriverRemoval(state: RepositoryState): Step[] {
  const path = join(state.topLevel, '.gitattributes');
  const text = state.files.get(path)?.text ?? '';
  const without = state.config === null ? text : withoutAttributes(text, lines(state.config.dataset));
  const set = settings(state)
    .filter(([key]) => state.gitSettings.has(key))
    .reverse();
  return [
    ...(without === text ? [] : [attributes(state, path, without)]),
    ...set.map(([key]): Step => ({ do: 'git-setting', key, value: null })),
  ];
}

function attributes(state: RepositoryState, path: string, text: string): Step {
  return text.trim() === '' ? { do: 'remove', path, change: 'removed' } : edit(state, path, text);
}

function lines({ images, masks }: Config['dataset']): string[] {
  return [attributesLine(images), attributesLine(masks)];
}

function settings({ packageDirectory }: RepositoryState): [string, string][] {
  return mergeDriverSettings(mergeDriver(packageDirectory));
}
