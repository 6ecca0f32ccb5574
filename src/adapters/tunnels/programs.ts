import { access, constants } from 'node:fs/promises';
import path from 'node:path';

/** A file of that name on the PATH that may be run. */
export async function hasProgram(name: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  const directories = (env.PATH ?? env.Path ?? '').split(path.delimiter).filter((part) => part !== '');
  const files = directories.flatMap((directory) =>
    suffixes.map((suffix) => path.join(directory, name + suffix)),
  );
  for (const file of files) {
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return true;
  }
  return false;
}
