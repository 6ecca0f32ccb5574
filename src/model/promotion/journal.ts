import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { placeContent } from '../../clone/place-file.js';
import { stateDirectory } from '../../clone/state.js';

const entrySchema = z.object({
  /** Version that becomes Production. */
  version: z.string(),
  /** Text of `model-metadata.json` that belongs to it. */
  metadata: z.string(),
});

/** A promotion that was begun, written before the registry changes. */
export type JournalEntry = z.output<typeof entrySchema>;

const fileOf = (commonDir: string): string => join(stateDirectory(commonDir), 'promotion.json');

export async function beginPromotion(commonDir: string, entry: JournalEntry): Promise<void> {
  await placeContent(fileOf(commonDir), `${JSON.stringify(entry)}\n`);
}

export async function endPromotion(commonDir: string): Promise<void> {
  await rm(fileOf(commonDir), { force: true });
}

/** The promotion that was begun here and not ended; null for none. */
export async function readUnfinished(commonDir: string): Promise<JournalEntry | null> {
  const text = await readFile(fileOf(commonDir), 'utf8').catch(() => null);
  try {
    return text === null ? null : entrySchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
