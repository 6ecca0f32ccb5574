import type { Config } from '../config/schema.js';

/** The protected branch that is checked out, else the first of the settings. */
export function protectedBranch({ protectedBranches }: Config, current: string | null): string {
  const [first = 'main'] = protectedBranches;
  return current !== null && protectedBranches.includes(current) ? current : first;
}
