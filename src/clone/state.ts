import { join } from 'node:path';

/** Where this program keeps its files, in the Git directory that all worktrees share. */
export function stateDirectory(commonDir: string): string {
  return join(commonDir, 'wms');
}
