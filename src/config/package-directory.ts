import { isAbsolute, relative, sep } from 'node:path';

/**
 * Where teammates find the package, from the top of the repository. Started from a place outside (npx, npm link, another
 * worktree), it is the usual place.
 */
export function packageDirectoryOf(topLevel: string, packageRoot: string): string {
  const path = relative(topLevel, packageRoot).split(sep).join('/');
  const above = /^(.*?)node_modules\//.exec(path)?.[1];
  const inside = above !== undefined && !isAbsolute(path) && !path.startsWith('../');
  return `${inside ? above : ''}node_modules/wms-hooks`;
}
