import { checkMetadataFile, writeMetadataFile } from '../model/metadata-file.js';
import { openPromotionTools, print } from './model-tools.js';

export interface MetadataFlags {
  readonly check?: true;
  readonly json?: true;
}

export async function runModelMetadata({ check, json }: MetadataFlags): Promise<void> {
  const tools = await openPromotionTools();
  tools.reporter.close();
  if (check) {
    await checkMetadataFile(tools);
    print(json && { outcome: 'right' }, ['model-metadata.json tells what is Production.']);
    return;
  }
  const outcome = await writeMetadataFile(tools);
  const line = outcome.outcome === 'written' ? 'was written' : 'tells what is Production already';
  print(json && outcome, [`${outcome.file} ${line}.`]);
}
