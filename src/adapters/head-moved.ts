import { EXIT, WmsError } from '../errors.js';

/** A pull request whose branch is at another commit than the one that was judged. */
export function headMoved(branch: string, judged: string, now: string): WmsError {
  return new WmsError({
    kind: 'host/head-moved',
    code: EXIT.conflict,
    what: `${branch} is not what was judged.`,
    why: `It was at ${judged}; now it is at ${now}.`,
    next: 'Judge the newer commit: its own run does so.',
  });
}
