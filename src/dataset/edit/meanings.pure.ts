import { relative, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import { ROLES, type Role } from '../../config/schema.js';
import { stemOf } from '../../stem.js';
import type { DatasetManifests } from '../merge-plan.js';
import { entriesOfStem, indexOf } from '../pairs.js';

/** What names of pairs are looked up in. */
export interface NameSpace {
  readonly version: DatasetManifests;
  /** Dataset directories, from the top of the repository. */
  readonly directories: Readonly<Record<Role, string>>;
  readonly topLevel: string;
  /** Where names are typed. */
  readonly cwd: string;
}

/**
 * What `name` can mean: for each way to read it that finds something, the stems of the pairs. It is a path below the
 * dataset directories or from `cwd`, with or without its extension, or a pattern of such paths. What is there as it
 * stands is no pattern.
 */
export function meaningsOf(name: string, space: NameSpace): ReadonlySet<string>[] {
  const exact = exactMeanings(name, space);
  const meanings = exact.length > 0 ? exact : patternMeanings(name, space);
  const distinct = new Map(meanings.map((stems) => [[...stems].sort().join('\0'), stems]));
  return [...distinct.values()];
}

function exactMeanings(name: string, { version, directories, ...place }: NameSpace): Set<string>[] {
  const fromTop = fromTopOf(name, place);
  return ROLES.flatMap((role) => {
    const prefix = `${directories[role]}/`;
    const paths = [
      ...(isPath(name) ? [] : [name]),
      ...(fromTop.startsWith(prefix) ? [fromTop.slice(prefix.length)] : []),
    ];
    return paths.flatMap((path) => {
      const isFile = version[role][indexOf(version[role], path)]?.relpath === path;
      const isStem = entriesOfStem(version[role], path).length > 0;
      return [...(isFile ? [new Set([stemOf(path)])] : []), ...(isStem ? [new Set([path])] : [])];
    });
  });
}

function patternMeanings(name: string, { version, directories, ...place }: NameSpace): Set<string>[] {
  if (!/[*?[{(]/.test(name)) return [];
  const matching = (pattern: string, prefix: (role: Role) => string) => {
    const matches = picomatch(pattern, { dot: true, nonegate: true });
    const found = ROLES.flatMap((role) =>
      version[role].filter(({ relpath }) => matches(prefix(role) + relpath)),
    );
    return new Set(found.map(({ relpath }) => stemOf(relpath)));
  };
  const readings = [
    ...(isPath(name) ? [] : [matching(name, () => '')]),
    matching(fromTopOf(name, place), (role) => `${directories[role]}/`),
  ];
  return readings.filter(({ size }) => size > 0);
}

/** Cannot be meant from the dataset directories. */
function isPath(name: string): boolean {
  return /^(?:\.{1,2}[\\/]|[\\/]|[A-Za-z]:)/.test(name);
}

function fromTopOf(name: string, { topLevel, cwd }: Pick<NameSpace, 'topLevel' | 'cwd'>): string {
  return relative(topLevel, resolve(cwd, name)).split(sep).join('/');
}
