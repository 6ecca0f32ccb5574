import { chmodSync, constants, copyFileSync, linkSync, symlinkSync, writeFileSync } from 'node:fs';
import { HARD_LINK } from '../../clone/place-file.js';
import type { LinkType } from '../../config/dvc-cache.js';

const UNSUPPORTED = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'ENOTTY', 'EINVAL', 'EXDEV', 'EPERM']);

/**
 * Makes files of one directory from objects of the cache, by the first type of link that its disk can do. Copies are
 * made where none works.
 */
export class Checkout {
  private readonly links: LinkType[];
  private readonly writable = 0o666 & ~process.umask();

  constructor(types: readonly LinkType[]) {
    this.links = types.includes('copy') ? types.slice(0, types.indexOf('copy')) : [...types];
  }

  /** `cached` is the object's file, `bytes` are what is in it. Answers what `placeFileSync` wants to know. */
  make(file: string, cached: string, bytes: Uint8Array): unknown {
    // As DVC does: all empty files as one link would be one file for whoever writes into it.
    while (this.links[0] !== undefined && bytes.length > 0) {
      const [type] = this.links;
      try {
        return this.linkAs(type, file, cached);
      } catch (error) {
        const { code = '' } = error as NodeJS.ErrnoException;
        // Too many links of this one object, or somebody emptied the cache meanwhile.
        if (code === 'EMLINK' || code === 'ENOENT') break;
        if (!UNSUPPORTED.has(code)) throw error;
        this.links.shift();
      }
    }
    return writeFileSync(file, bytes, { flag: 'wx' });
  }

  private linkAs(type: LinkType, file: string, cached: string): unknown {
    if (type === 'hardlink') {
      linkSync(cached, file);
      return HARD_LINK;
    }
    if (type === 'symlink') return symlinkSync(cached, file);
    copyFileSync(cached, file, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    return chmodSync(file, this.writable);
  }
}
