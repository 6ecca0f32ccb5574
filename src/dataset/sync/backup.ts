import type { GitRepository, Oid } from '../../ports/git-repository.js';

/**
 * Keeps `commit` under a ref of its own, `refs/wms/backup/<branch>-YYYYMMDD-HHMMSS` (UTC), and answers its name. One
 * that a killed sync has made is used again.
 */
export async function backUp(git: GitRepository, branch: string, commit: Oid, now: Date): Promise<string> {
  const prefix = `refs/wms/backup/${branch}-`;
  const backups = new Map((await git.refs('refs/wms/backup/')).map(({ ref, oid }) => [ref, oid]));
  for (const [ref, oid] of backups) if (oid === commit && ref.startsWith(prefix)) return ref;
  for (let seconds = 0; ; seconds += 1) {
    const ref = prefix + timestamp(new Date(now.getTime() + seconds * 1000));
    if (backups.has(ref)) continue;
    await git.updateRef(ref, commit, null, 'wms sync: backup');
    return ref;
  }
}

function timestamp(when: Date): string {
  const digits = when.toISOString().replace(/[-:T]/g, '');
  return `${digits.slice(0, 8)}-${digits.slice(8, 14)}`;
}
