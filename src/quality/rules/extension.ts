import { EXTENSIONS } from '../../pictures/sniff.js';
import { extensionOf, pathInRepository, type Rule } from '../pair-set.js';

/** A name says the format that the file has. Decoders go by content, so this only warns. */
export const extension: Rule = {
  id: 'extension',
  title: 'Extensions fit the content',
  severity: 'warn',
  check: (set) =>
    set.files.flatMap(({ role, path, facts }) => {
      const named = EXTENSIONS[extensionOf(path)];
      if (facts === null || named === undefined || named === facts.format) return [];
      return [
        {
          rule: extension.id,
          severity: extension.severity,
          path: pathInRepository(set, role, path),
          message: `is named like ${named.toUpperCase()} but holds ${facts.format.toUpperCase()}`,
          fix: 'rename it, or save it in the format of its name',
        },
      ];
    }),
};
