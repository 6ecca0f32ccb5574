import type { Compute } from '../ports/compute.js';
import type { LeaseTools } from './hold-lease.js';

export interface CloudTools extends LeaseTools {
  readonly compute: Compute;
}
