import type { Compute } from '../ports/compute.js';

export interface Pace {
  /** Between two looks. */
  readonly pollMs: number;
  /** So often in a row something must be missing before it counts as gone: lists may be some seconds old. */
  readonly looks: number;
}

const LOOKS = 3;
const EXACT: Pace = { pollMs: 200, looks: 1 };

/** How to wait for an engine; `pollMs` for one that is far away. */
export function paceOf({ isExact }: Compute, pollMs: number): Pace {
  return isExact ? EXACT : { pollMs, looks: LOOKS };
}
