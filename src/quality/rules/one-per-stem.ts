import type { Role } from '../../config/schema.js';
import { showPath } from '../../show-path.js';
import { stemOf } from '../../stem.js';
import { foldStem, type PairSet, type Problem, pathInRepository, type Rule, singular } from '../pair-set.js';

/** No two images, and no two masks, share a stem: nobody could say which of them belongs to the pair. */
export const onePerStem: Rule = {
  id: 'one-per-stem',
  title: 'One image and one mask per name',
  severity: 'block',
  check: (set) => [...rivals(set, 'images'), ...rivals(set, 'masks')],
};

function rivals(set: PairSet, role: Role): Problem[] {
  const fresh = set.files.filter((file) => file.role === role);
  const wanted = new Set(fresh.map((file) => foldStem(file.stem)));
  const byStem = new Map<string, string[]>();
  for (const { relpath } of set.merged[role]) {
    const stem = foldStem(stemOf(relpath));
    if (!wanted.has(stem)) continue;
    const paths = byStem.get(stem);
    if (paths === undefined) byStem.set(stem, [relpath]);
    else paths.push(relpath);
  }
  return fresh.flatMap(({ path, stem }) => {
    const others = (byStem.get(foldStem(stem)) ?? []).filter((other) => other !== path);
    if (others.length === 0) return [];
    const shown = others.map((other) => showPath(pathInRepository(set, role, other))).join(', ');
    const sameName = others.every((other) => stemOf(other) === stem);
    return [
      {
        rule: onePerStem.id,
        severity: onePerStem.severity,
        path: pathInRepository(set, role, path),
        message: sameName
          ? `is a second ${singular(role)} for the name "${showPath(stem)}", beside ${shown}`
          : `has the same name as ${shown} but for letter case or accents: some disks keep only one of them`,
        fix: 'rename or leave out one of them; to replace a file, keep its name and extension',
      },
    ];
  });
}
