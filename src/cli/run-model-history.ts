import { readHistory } from '../model/history.js';
import { describeHistory } from '../model/tables.pure.js';
import { openRegistryHere, print } from './model-tools.js';

export interface HistoryFlags {
  readonly json?: true;
}

export async function runModelHistory({ json }: HistoryFlags): Promise<void> {
  const history = await readHistory(await openRegistryHere());
  print(json && history, describeHistory(history));
}
