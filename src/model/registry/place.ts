import type { Config } from '../../config/schema.js';
import type { GitRepository } from '../../ports/git-repository.js';

/** The remote branch that names Production. */
export interface RegistryPlace {
  readonly remote: string;
  readonly branch: string;
}

/** The first protected branch, on the remote that it follows here, else on `origin`. */
export async function registryPlace(git: GitRepository, config: Config): Promise<RegistryPlace> {
  const [branch = 'main'] = config.protectedBranches;
  const followed = await git.config(`branch.${branch}.remote`);
  return { branch, remote: followed === null || followed === '.' ? 'origin' : followed };
}

export const nameOf = ({ remote, branch }: RegistryPlace): string => `${remote}/${branch}`;
