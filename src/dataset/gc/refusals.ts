import { EXIT, WmsError } from '../../errors.js';
import type { FileVersion, Gap } from '../../ports/whole-history.js';

const GAPS: Record<Gap, { what: string; next: string }> = {
  shallow: { what: 'is a shallow clone', next: 'git fetch --unshallow' },
  partial: {
    what: 'is a partial clone',
    next: 'Run this in a complete clone: git clone URL, without --filter',
  },
  grafted: {
    what: 'has grafts, which cut its history off',
    next: 'git replace --convert-graft-file',
  },
};

export function rootsMissing(gap: Gap, clone: string): WmsError {
  return new WmsError({
    kind: 'gc/roots-missing',
    code: EXIT.usage,
    what: `${clone} ${GAPS[gap].what}.`,
    why: 'Versions of the dataset that its missing commits name would be taken for unused.',
    next: GAPS[gap].next,
  });
}

export function noRemote(clone: string): WmsError {
  return new WmsError({
    kind: 'gc/no-remote',
    code: EXIT.usage,
    what: `${clone} has no Git remote.`,
    why: 'What the rest of the team has published could not be known.',
    next: 'git remote add origin URL, or run this in a clone of the team’s repository.',
  });
}

export function linkedPointer({ path, where }: FileVersion, target: string): WmsError {
  return new WmsError({
    kind: 'gc/linked-pointer',
    code: EXIT.usage,
    what: `${path} in ${where} is a symbolic link to ${target}.`,
    why: 'Pointers are looked for in files that are named like pointers. What this one leads to would be overlooked.',
    next: 'Let that commit go (it is in this clone’s refs or reflogs, or in a remote’s), or do without gc.',
  });
}

export function claimUnreadable(key: string, url: string): WmsError {
  return new WmsError({
    kind: 'gc/claim-unreadable',
    code: EXIT.network,
    what: `The claim ${key} in ${url} cannot be read; nothing was deleted.`,
    why: 'It says which objects a publish counts on. It is damaged, or a newer version of wms-hooks wrote it.',
    next: 'npm install --save-dev wms-hooks@latest; or wait: a claim of thirty days is ignored.',
  });
}

export function needsYes(): WmsError {
  return new WmsError({
    kind: 'gc/needs-yes',
    code: EXIT.usage,
    what: 'Nothing was deleted: there is no terminal to ask in.',
    next: 'npx wms data gc --yes deletes what is listed above; --dry-run only lists it.',
  });
}
