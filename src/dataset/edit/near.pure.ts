import { editDistance, slipOf } from '../../edit-distance.js';
import { stemOf } from '../../stem.js';
import { ROLES } from '../merge-plan.js';
import { indexOf } from '../pairs.js';
import type { NameSpace } from './meanings.pure.js';

const SUGGESTED = 3;

/** What somebody who typed `name` may have meant: a directory as a pattern, or the pairs with the nearest names. */
export function nearNames(name: string, { version, directories }: NameSpace): string[] {
  const path = name.replace(/^\.\//, '').replace(/\/+$/, '');
  const below = ROLES.map((role) => path.replace(`${directories[role]}/`, '')).find((inner) =>
    ROLES.some((role) => version[role][indexOf(version[role], `${inner}/`)]?.relpath.startsWith(`${inner}/`)),
  );
  if (below !== undefined) return [`"${below}/**"`];
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
