import { EXIT, WmsError } from '../errors.js';
import { removeFromJson, setInJson } from './json-edit.pure.js';

interface PackageJson {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** The package.json of the package that depends on us, relative to the top. */
export function packageJsonOf(packageDirectory: string): string {
  return packageDirectory.replace(/node_modules\/wms-hooks$/, 'package.json');
}

/** husky works from the top of the repository only: a package below it goes up first. */
function prepareCommand(packageJsonPath: string): string {
  const depth = packageJsonPath.split('/').length - 1;
  return depth === 0 ? 'husky' : `cd ${Array(depth).fill('..').join('/')} && husky`;
}

/** The package.json with husky in its `prepare` script, which npm runs on every install. */
export function addPrepare(text: string, path: string): string {
  const { prepare } = parse(text, path).scripts ?? {};
  if (prepare && /\bhusky\b/.test(prepare)) return text;
  const command = prepareCommand(path);
  return setInJson(text, ['scripts', 'prepare'], prepare ? `${prepare} && ${command}` : command);
}

/** The package.json without what `addPrepare` adds; anything else that `prepare` does stays. */
export function removePrepare(text: string, path: string): string {
  const { scripts = {} } = parse(text, path);
  const command = prepareCommand(path);
  if (scripts.prepare === command) {
    return removeFromJson(text, Object.keys(scripts).length === 1 ? ['scripts'] : ['scripts', 'prepare']);
  }
  const others = scripts.prepare?.endsWith(` && ${command}`)
    ? scripts.prepare.slice(0, -` && ${command}`.length)
    : null;
  return others === null ? text : setInJson(text, ['scripts', 'prepare'], others);
}

export function dependsOnHusky(text: string, path: string): boolean {
  const { dependencies, devDependencies } = parse(text, path);
  return 'husky' in { ...dependencies, ...devDependencies };
}

/** Whether the text is a package.json with settings of a tool under `key`. */
export function isSettings(text: string | null | undefined, key: string): boolean {
  try {
    return key in JSON.parse((text ?? '').replace(/^\uFEFF/, ''));
  } catch {
    return false;
  }
}

function parse(text: string, path: string): PackageJson {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new WmsError({
      kind: 'init/package-json',
      code: EXIT.usage,
      what: `${path} is not valid JSON`,
      why: (error as Error).message,
      next: 'correct it, then run npx wms init again',
      cause: error,
    });
  }
}
