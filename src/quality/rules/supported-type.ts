import { EXTENSIONS } from '../../pictures/sniff.js';
import { extensionOf, pathInRepository, type Rule } from '../pair-set.js';

/** Files are PNG, JPEG, WebP or TIFF, by content and by a name that training code finds them under. */
export const supportedType: Rule = {
  id: 'supported-type',
  title: 'Only PNG, JPEG, WebP and TIFF files',
  severity: 'block',
  check: (set) =>
    set.files.flatMap(({ role, path, facts, fault }) => {
      const problem = { rule: supportedType.id, severity: supportedType.severity };
      const shown = pathInRepository(set, role, path);
      if (fault?.kind === 'unsupported-type') {
        return [{ ...problem, path: shown, message: fault.message, fix: fault.fix }];
      }
      if (facts === null || extensionOf(path) in EXTENSIONS) return [];
      const known = Object.keys(EXTENSIONS).join(', ');
      return [
        {
          ...problem,
          path: shown,
          message: `holds a ${facts.format.toUpperCase()} image, but its name ends in ${extensionOf(path) || 'no extension'}`,
          fix: `rename it to end in one of ${known}`,
        },
      ];
    }),
};
