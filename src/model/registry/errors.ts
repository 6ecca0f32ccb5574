import * as z from 'zod';
import { EXIT, WmsError } from '../../errors.js';
import type { Oid } from '../../ports/git-repository.js';
import type { RegistryPlace } from './place.js';

const DENIED = /authentication failed|permission denied|could not read (username|password)|\b(401|403)\b/i;

export function unreachable(remote: string, cause: WmsError): WmsError {
  const denied = DENIED.test(cause.why ?? '');
  return new WmsError({
    kind: 'registry/unreachable',
    code: denied ? EXIT.credentials : EXIT.network,
    what: `The remote ${remote}, which names the Production model, cannot be reached.`,
    ...(cause.why === undefined ? {} : { why: cause.why }),
    next: denied
      ? `Set up your credentials until this works: git fetch ${remote}`
      : `See what git remote -v says, then try: git fetch ${remote}`,
    cause,
  });
}

export function noBranch({ remote, branch }: RegistryPlace): WmsError {
  return new WmsError({
    kind: 'registry/no-branch',
    code: EXIT.network,
    what: `${remote} has no branch ${branch}, so nobody knows which model is Production.`,
    next: `git push ${remote} ${branch}, or name the right branch first in protectedBranches (wms.config.json).`,
  });
}

/** `cause`: what reading the file threw. */
export function damaged(file: string, where: string, cause: unknown, next?: string): WmsError {
  return new WmsError({
    kind: 'registry/damaged',
    code: EXIT.network,
    what: `${file} of ${where} cannot be read, so nobody knows which model is Production.`,
    why: cause instanceof z.ZodError ? z.prettifyError(cause) : cause instanceof Error ? cause.message : '',
    next: next ?? `Put back an earlier version of it (git log ${where} -- ${file}), and push that.`,
    cause,
  });
}

export function changed(expected: string | null, found: string | null): WmsError {
  const name = (version: string | null) => (version === null ? 'none' : `version ${version}`);
  return new WmsError({
    kind: 'registry/changed',
    code: EXIT.conflict,
    what: 'Production has changed meanwhile. Nothing was promoted.',
    why: `It was ${name(expected)}, and is ${name(found)} now.`,
    next: 'Compare with what is Production now: npx wms model gate --candidate FILE',
  });
}

export function noSuchVersion(version: string, url: string): WmsError {
  return new WmsError({
    kind: 'registry/no-such-version',
    code: EXIT.usage,
    what: `${url} has no model version ${version}.`,
    next: 'npx wms model history',
  });
}

export function modelMissing(version: string, id: string, store: string): WmsError {
  return new WmsError({
    kind: 'registry/model-missing',
    code: EXIT.network,
    what: `Version ${version} cannot be Production: ${store} does not have it.`,
    why: `The object ${id} is not there.`,
    next: 'Where the file still is, promote it again: npx wms model promote FILE',
  });
}

/** The remote forbids pushing to the branch. `commit` is made, and was not pushed. */
export function refused(
  place: RegistryPlace,
  commit: Oid,
  { topic, meanwhile }: { readonly topic: string; readonly meanwhile: string },
  cause: WmsError,
): WmsError {
  const { remote, branch } = place;
  return new WmsError({
    kind: 'registry/refused',
    code: EXIT.credentials,
    what: `${remote} does not let you push to ${branch}. ${meanwhile}`,
    ...(cause.why === undefined ? {} : { why: cause.why }),
    next:
      `Let whoever promotes push to ${branch}; or open a pull request of the commit that is ready:\n` +
      `  git push ${remote} ${commit}:refs/heads/${topic}`,
    cause,
  });
}

export function keepsMoving({ remote, branch }: RegistryPlace, tries: number): WmsError {
  return new WmsError({
    kind: 'registry/busy',
    code: EXIT.conflict,
    what: `${branch} of ${remote} moved on each of ${tries} tries to push to it. Nothing was changed.`,
    next: 'Do this again.',
  });
}

export function notThere({ remote, branch }: RegistryPlace, version: string): WmsError {
  return new WmsError({
    kind: 'registry/not-there',
    code: EXIT.network,
    what: `${remote} took the promotion of version ${version}, but ${branch} does not have it.`,
    why: 'The server lost it, or somebody moved the branch back.',
    next: 'npx wms model baseline',
  });
}
