import { access, constants, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Identity } from '../../ports/identity.js';
import { directoryError } from './errors.js';

/** Whoever is logged in, provided that the file system lets them write to the store's directory. */
export function openDirectoryIdentity({ path: root }: { readonly path: string }): Identity {
  return {
    async whoAmI(signal) {
      signal?.throwIfAborted();
      await checkWritable(root);
      return `${userName()} on this machine`;
    },
  };
}

async function checkWritable(root: string): Promise<void> {
  for (let place = root; ; place = path.dirname(place)) {
    try {
      if (!(await stat(place)).isDirectory())
        throw Object.assign(new Error(), { code: 'ENOTDIR', path: place });
      await access(place, constants.W_OK | constants.X_OK);
      return;
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!missing || place === path.dirname(place))
        throw directoryError(error, 'be opened for writing', root);
    }
  }
}

function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    // A container may run under a user id that no account has.
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
