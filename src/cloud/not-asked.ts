import { EXIT, WmsError } from '../errors.js';

/** For what only a person may say yes to, where there is none. `next`: the command that says it. */
export function notAsked(whether: string, next: string): WmsError {
  return new WmsError({
    kind: 'cloud/not-asked',
    code: EXIT.usage,
    what: `Nobody was asked whether this ${whether}.`,
    why: 'There is no terminal.',
    next,
  });
}
