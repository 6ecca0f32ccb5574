import { ROLES } from '../../config/schema.js';
import { editDistance, slipOf } from '../../edit-distance.js';
import { stemOf } from '../../stem.js';
import { indexOf } from '../pairs.js';
import type { NameSpace } from './meanings.pure.js';

const SUGGESTED = 3;

/** What somebody who typed `name` may have meant: the beginning of names as a pattern, or pairs with the nearest names. */
export function nearNames(name: string, { version, directories }: NameSpace): string[] {
  const path = name.replace(/^\.\//, '').replace(/\/+$/, '');
  const inside = ROLES.map((role) => path.replace(`${directories[role]}/`, '')).filter(
    (inner) => inner !== '',
  );
  const isBeginning = (text: string) =>
    ROLES.some((role) => version[role][indexOf(version[role], text)]?.relpath.startsWith(text));
  const directory = inside.find((inner) => isBeginning(`${inner}/`));
  if (directory !== undefined) return [`"${directory}/**"`];
  const beginning = inside.find(isBeginning);
  if (beginning !== undefined) return [`"${beginning}*"`];
  const wanted = lastPart(stemOf(path)).toLowerCase();
  let least = slipOf(wanted);
  let nearest = new Set<string>();
  for (const role of ROLES) {
    for (const { relpath } of version[role]) {
      const stem = stemOf(relpath);
      const last = lastPart(stem).toLowerCase();
      if (Math.abs(last.length - wanted.length) > least) continue;
      const distance = editDistance(wanted, last);
      if (distance < least) nearest = new Set();
      if (distance <= least) nearest.add(stem);
      least = Math.min(least, distance);
    }
  }
  return [...nearest].slice(0, SUGGESTED);
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
