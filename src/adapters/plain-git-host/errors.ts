import { EXIT, WmsError } from '../../errors.js';
import type { MergeOrder } from '../../ports/code-host.js';

export function badBranchName(branch: string): WmsError {
  return new WmsError({
    kind: 'host/branch-name',
    code: EXIT.usage,
    what: `${JSON.stringify(branch)} cannot be the name of a branch.`,
    why: 'See: git help check-ref-format',
    next: 'Give the name of a branch that the remote has.',
  });
}

export function noBranch(remote: string, branch: string): WmsError {
  return new WmsError({
    kind: 'host/no-branch',
    code: EXIT.conflict,
    what: `${remote} has no branch ${branch}.`,
    next: `Push it, then run the command again: git push ${remote} ${branch}`,
  });
}

export function notSaved(head: string): WmsError {
  return new WmsError({
    kind: 'host/no-pull-request',
    code: EXIT.conflict,
    what: `There is no pull request of ${head}.`,
    next: 'Make it first: npx wms ci pr',
  });
}

export function damagedRecord(ref: string, why: string): WmsError {
  return new WmsError({
    kind: 'host/damaged',
    code: EXIT.conflict,
    what: `${ref} cannot be read.`,
    why,
    next: `Look at it: git show ${ref}. It is made again when it is taken off the remote.`,
  });
}

export function isClosed({ pullRequest }: MergeOrder): WmsError {
  return new WmsError({
    kind: 'host/closed',
    code: EXIT.conflict,
    what: `The pull request of ${pullRequest.head.branch} is closed.`,
    why: 'Its branch is gone, and was not merged.',
    next: 'Push the branch again, if it should be merged after all.',
  });
}

export function conflict({ pullRequest }: MergeOrder, paths: readonly string[]): WmsError {
  const { head, base } = pullRequest;
  return new WmsError({
    kind: 'host/conflict',
    code: EXIT.conflict,
    what: `${head.branch} does not fit onto ${base.branch}.`,
    why: paths.length === 0 ? 'They have no commit in common.' : `Both changed:\n${paths.join('\n')}`,
    next: `Merge ${base.branch} into it and push: npx wms data merge`,
  });
}

export function busy(ref: string, tries: number): WmsError {
  return new WmsError({
    kind: 'host/busy',
    code: EXIT.conflict,
    what: `${ref} keeps moving.`,
    why: `Somebody else was faster ${tries} times.`,
    next: 'Run the command again.',
  });
}
