import type { Role } from '../../config/schema.js';
import { showPath } from '../../show-path.js';
import { stemOf } from '../../stem.js';
import {
  foldStem,
  type Inspection,
  otherRole,
  type PairSet,
  type Problem,
  pathInRepository,
  type Rule,
  singular,
} from '../pair-set.js';

interface Names {
  readonly stems: ReadonlySet<string>;
  /** Paths by folded stem, to recognise a partner that only differs in letter case. */
  readonly folded: ReadonlyMap<string, string>;
}

/** Every new image has a mask and every new mask an image, by stem, in this push or in the dataset. */
export const paired: Rule = {
  id: 'paired',
  title: 'Every image has a mask and every mask an image',
  severity: 'block',
  check(set) {
    const names = { images: namesOf(set, 'images'), masks: namesOf(set, 'masks') };
    return set.files
      .filter(isPicture)
      .filter((file) => !names[otherRole(file.role)].stems.has(file.stem))
      .map((file) => unpaired(set, file, names[otherRole(file.role)].folded.get(foldStem(file.stem))));
  },
};

/** A broken picture still wants a partner; what is no picture at all does not. */
function isPicture({ fault }: Inspection): boolean {
  return fault === null || !['symlink', 'submodule', 'unsupported-type'].includes(fault.kind);
}

function namesOf(set: PairSet, role: Role): Names {
  const unfit = new Set(
    set.files.filter((file) => file.role === role && !isPicture(file)).map((f) => f.path),
  );
  const usable = set.merged[role].map((file) => file.relpath).filter((path) => !unfit.has(path));
  return {
    stems: new Set(usable.map(stemOf)),
    folded: new Map(usable.map((path) => [foldStem(stemOf(path)), path])),
  };
}

function unpaired(set: PairSet, { role, path, stem }: Inspection, lookalike: string | undefined): Problem {
  const other = otherRole(role);
  const problem = {
    rule: paired.id,
    severity: paired.severity,
    path: pathInRepository(set, role, path),
  };
  if (lookalike !== undefined) {
    const found = showPath(pathInRepository(set, other, lookalike));
    return {
      ...problem,
      message: `has no ${singular(other)}: ${found} differs in letter case or accents`,
      fix: 'give both exactly the same name without extension',
    };
  }
  const wanted = showPath(`${set.directories[other]}/${stem}`);
  return {
    ...problem,
    message: `has no ${singular(other)}: nothing is named ${wanted}.* in this push or in the dataset`,
    fix: `add the ${singular(other)}, or leave out this ${singular(role)}`,
  };
}
