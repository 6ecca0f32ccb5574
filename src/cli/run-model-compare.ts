import { compareVersions } from '../model/compare.pure.js';
import { findVersion } from '../model/find-version.js';
import { describeComparison } from '../model/tables.pure.js';
import { openRegistryHere, print } from './model-tools.js';

export interface CompareFlags {
  readonly json?: true;
}

export async function runModelCompare(a: string, b: string, { json }: CompareFlags): Promise<void> {
  const registry = await openRegistryHere();
  const comparison = compareVersions(await findVersion(registry, a), await findVersion(registry, b));
  print(json && comparison, describeComparison(comparison));
}
