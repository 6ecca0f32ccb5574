import type { Settings } from './answers.pure.js';
import type { HookOutcome } from './steps.pure.js';

/** What `wms init` did; printed as it is with `--json`. Paths are relative to the top where they lie below it. */
export interface InitResult {
  readonly action: 'init' | 'uninstall';
  readonly changed: boolean;
  readonly files: readonly { readonly path: string; readonly change: string }[];
  readonly hook: (HookOutcome & { readonly active: boolean }) | null;
  readonly store: { readonly url: string; readonly directory: string | null } | null;
  readonly settings: Settings | null;
  readonly notes: readonly string[];
}

/** The summary for people. */
export function renderSummary(result: InitResult): string {
  const parts = [heading(result), files(result), facts(result), snippet(result), notes(result), next(result)];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function heading({ action, changed }: InitResult): string {
  if (action === 'uninstall') return changed ? 'wms · taken out' : 'wms · there was nothing to take out';
  return changed ? 'wms · set up' : 'wms · set up already, nothing changed';
}

function files({ files }: InitResult): string {
  const width = Math.max(0, ...files.map(({ change }) => change.length));
  return files.map(({ path, change }) => `  ${change.padEnd(width)}  ${path}`).join('\n');
}

function facts({ store, hook }: InitResult): string {
  const lines = [
    ...(store ? [`  Store  ${store.directory ?? store.url}`] : []),
    ...(hook ? [`  Hook   ${hook.file} (${hook.manager})${hook.placed ? '' : ' · not active yet'}`] : []),
  ];
  return lines.join('\n');
}

function snippet({ hook }: InitResult): string {
  if (!hook?.snippet) return '';
  const lines = hook.snippet.trimEnd().split('\n');
  return `Put this into ${hook.file}:\n\n${lines.map((line) => `    ${line}`.trimEnd()).join('\n')}`;
}

function notes({ notes }: InitResult): string {
  return notes.map((note) => `  ! ${note}`).join('\n');
}

function next({ action, changed, files, settings }: InitResult): string {
  if (action === 'uninstall' || !changed || settings === null) return '';
  const tracked = files.filter(({ path }) => !/^(\.git\/|\/|[A-Za-z]:)/.test(path)).map(({ path }) => path);
  const { images, masks } = settings.dataset;
  return [
    'Next',
    `  git add ${tracked.map(quote).join(' ')}`,
    '  git commit -m "Set up wms"',
    `  then put photos into ${images}, masks into ${masks}, commit them and git push`,
  ].join('\n');
}

function quote(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
