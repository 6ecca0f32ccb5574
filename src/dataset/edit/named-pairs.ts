import { ROLES } from '../../config/schema.js';
import { EXIT, WmsError } from '../../errors.js';
import { showPath } from '../../show-path.js';
import { shortList } from '../../words.js';
import { entriesOfStem } from '../pairs.js';
import { meaningsOf, type NameSpace } from './meanings.pure.js';
import { nearNames } from './near.pure.js';

/**
 * Stems of the pairs that are named. Throws WmsError `data/no-such-pair` or `data/ambiguous-name` (exit code 2); `where`
 * is the version for people.
 */
export function namedPairs(names: readonly string[], space: NameSpace, where: string): Set<string> {
  const meanings = names.map((name) => ({ name, sets: meaningsOf(name, space) }));
  const unknown = meanings.filter(({ sets }) => sets.length === 0).map(({ name }) => name);
  if (unknown.length > 0) throw noSuchPair(unknown, space, where);
  for (const { name, sets } of meanings) if (sets.length > 1) throw ambiguous(name, sets, space);
  return new Set(meanings.flatMap(({ sets }) => [...(sets[0] ?? [])]));
}

function noSuchPair(names: readonly string[], space: NameSpace, where: string): WmsError {
  const lines = names.map((name) => {
    const near = nearNames(name, space).map(showPath);
    return `${showPath(name)}${near.length === 0 ? ': no name is like it' : `: did you mean ${near.join(' or ')}?`}`;
  });
  return new WmsError({
    kind: 'data/no-such-pair',
    code: EXIT.usage,
    what: `${names.length === 1 ? `No pair of the dataset matches ${showPath(names[0] ?? '')}` : `${names.length} names match no pair of the dataset`} in ${where}. Nothing was changed.`,
    why: shortList(lines),
    next: 'Name pairs as the dataset does (meter_1, 2026-05/meter_1.jpg), by path from here, or by a quoted pattern ("2026-05/**").',
  });
}

function ambiguous(name: string, meanings: readonly ReadonlySet<string>[], space: NameSpace): WmsError {
  const lines = meanings.map((stems) => {
    const [first = ''] = stems;
    const more = stems.size > 1 ? ` and ${stems.size - 1} more` : '';
    return pathsOf(space, first).join(', ') + more;
  });
  return new WmsError({
    kind: 'data/ambiguous-name',
    code: EXIT.usage,
    what: `${showPath(name)} can mean different pairs. Nothing was changed.`,
    why: shortList(lines),
    next: `Name the file with its whole path from the top of the repository, and run this there; or begin it with ./ when it is meant from here.`,
  });
}

function pathsOf({ version, directories }: NameSpace, stem: string): string[] {
  return ROLES.flatMap((role) =>
    entriesOfStem(version[role], stem).map(({ relpath }) => showPath(`${directories[role]}/${relpath}`)),
  );
}
