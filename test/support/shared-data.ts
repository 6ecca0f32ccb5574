import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Real photos that lie beside the project on some machines; tests of them are skipped elsewhere. */
const ROOT = path.resolve(import.meta.dirname, '../../../shared/data');

export const hasSharedData = existsSync(path.join(ROOT, 'water-meters'));

export function sharedFile(name: string): Buffer {
  return readFileSync(path.join(ROOT, name));
}

export function sharedNames(directory: string): string[] {
  return hasSharedData ? readdirSync(path.join(ROOT, directory)) : [];
}
