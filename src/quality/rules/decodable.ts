import { pathInRepository, type Rule } from '../pair-set.js';

/** Every file is a picture that decodes to its last line. Types are `supported-type`'s business. */
export const decodable: Rule = {
  id: 'decodable',
  title: 'Files decode completely',
  severity: 'block',
  check: (set) =>
    set.files.flatMap(({ role, path, fault }) =>
      fault === null || fault.kind === 'unsupported-type'
        ? []
        : [
            {
              rule: decodable.id,
              severity: decodable.severity,
              path: pathInRepository(set, role, path),
              message: fault.message,
              fix: fault.fix,
            },
          ],
    ),
};
