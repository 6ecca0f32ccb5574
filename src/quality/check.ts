import { EXIT, WmsError } from '../errors.js';
import { showPath } from '../show-path.js';
import { neighbourhood } from './neighbourhood.js';
import type { PairSet, Problem } from './pair-set.js';
import { RULES } from './rules/index.js';

export interface CheckResult {
  /** Both kinds, in the order of the rules. */
  readonly problems: readonly Problem[];
  readonly blocking: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** Runs every rule over the files of a push. Pure. */
export function checkImages(set: PairSet): CheckResult {
  const near = neighbourhood(set);
  const problems = RULES.flatMap((rule) => rule.check(near));
  return {
    problems,
    blocking: problems.filter((problem) => problem.severity === 'block'),
    warnings: problems.filter((problem) => problem.severity === 'warn'),
  };
}

/**
 * One error, kind `images/problems`, for all blocking problems: `why` has a line for every problem, and one below
 * it that says what to do about it. Call it only when there are some.
 */
export function imageProblemsError(blocking: readonly Problem[]): WmsError {
  const files = new Set(blocking.map((problem) => problem.path)).size;
  const sorted = blocking.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return new WmsError({
    kind: 'images/problems',
    code: EXIT.images,
    what: `${files} ${files === 1 ? 'file has a problem that blocks' : 'files have problems that block'} publishing`,
    why: sorted
      .map(
        ({ path, message, fix }) => `${showPath(path)} ${message}${fix === undefined ? '' : `\n  → ${fix}`}`,
      )
      .join('\n'),
    next: 'Correct or leave out these files, commit the change and push again.',
  });
}
