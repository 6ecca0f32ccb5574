import { pathInRepository, type Rule } from '../pair-set.js';

/** A mask that is all background or all foreground: legitimate, and more often a mistake. */
export const emptyMask: Rule = {
  id: 'empty-mask',
  title: 'Masks mark a part of the image',
  severity: 'warn',
  check: (set) =>
    set.files.flatMap(({ role, path, facts }) => {
      const share = facts?.mask?.foreground;
      if (share !== 0 && share !== 1) return [];
      return [
        {
          rule: emptyMask.id,
          severity: emptyMask.severity,
          path: pathInRepository(set, role, path),
          message: share === 0 ? 'is empty: no pixel is foreground' : 'is full: every pixel is foreground',
          fix: 'look at it; keep it only if the image really shows that',
        },
      ];
    }),
};
