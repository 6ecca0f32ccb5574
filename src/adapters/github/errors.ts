import { EXIT, type ExitCode, isWmsError, WmsError } from '../../errors.js';
import { isTls } from '../network-failure.js';
import { isLimited, type Refusal, RefusedError } from './refusal.js';

interface Row {
  readonly kind: string;
  readonly code: ExitCode;
  readonly when: (refusal: Refusal) => boolean;
  readonly what: (url: string) => string;
  readonly next: string;
}

/** The first row that fits decides. */
const ROWS: readonly Row[] = [
  {
    kind: 'host/credentials',
    code: EXIT.credentials,
    when: ({ status }) => status === 401,
    what: (url) => `${url} does not accept the token.`,
    next: 'Set GITHUB_TOKEN or GH_TOKEN to one that is valid.',
  },
  {
    kind: 'host/actions-not-allowed',
    code: EXIT.credentials,
    when: ({ message }) => /not permitted to (create|approve)/i.test(message),
    what: (url) => `Workflows may not make or approve pull requests of ${url}.`,
    next: 'Switch on "Allow GitHub Actions to create and approve pull requests": Settings, Actions, General, Workflow permissions.',
  },
  {
    kind: 'host/rate-limited',
    code: EXIT.network,
    when: isLimited,
    what: (url) => `${url} wants no more requests for now.`,
    next: 'Wait as long as it says, then run the command again.',
  },
  {
    kind: 'host/auto-merge-off',
    code: EXIT.credentials,
    when: ({ message }) => /auto.?merge is not allowed/i.test(message),
    what: (url) => `${url} asks for more before it merges, and does not merge by itself then.`,
    next: 'Switch on "Allow auto-merge": Settings, General, Pull Requests. Or merge by hand when all is there.',
  },
  {
    kind: 'host/merge-method',
    code: EXIT.usage,
    when: ({ message }) =>
      /merges? (commits )?(are|is) not allowed on this repository|must not contain merge commits|linear history/i.test(
        message,
      ),
    what: (url) => `${url} does not allow this way of merging.`,
    next: 'Allow it (Settings, General, Pull Requests), or choose another one.',
  },
  {
    kind: 'host/not-allowed',
    code: EXIT.credentials,
    when: ({ status }) => status === 403,
    what: (url) => `The token may not do this on ${url}.`,
    next: 'Its job needs these permissions: contents, pull-requests, issues and statuses, each "write".',
  },
  {
    kind: 'host/not-found',
    code: EXIT.credentials,
    when: ({ status }) => status === 404,
    what: (url) => `${url} does not have this, or does not show it to the token.`,
    next: 'Check the address of the remote, and that the token may read the repository.',
  },
  {
    kind: 'host/tls',
    code: EXIT.network,
    when: isTls,
    what: (url) => `No secure connection to ${url}.`,
    next: 'For a private certificate authority set NODE_EXTRA_CA_CERTS to its file.',
  },
  {
    kind: 'host/unreachable',
    code: EXIT.network,
    when: ({ status }) => status === 0 || status >= 500,
    what: (url) => `${url} did not answer as it should.`,
    next: 'Run the command again; GITHUB_API_URL names the address of the API.',
  },
];

/** Every failure of a request as a WmsError; what is one already passes unchanged. */
export function githubError(url: string, error: unknown, token: string): unknown {
  if (isWmsError(error) || !(error instanceof RefusedError)) return error;
  const { refusal } = error;
  const row = ROWS.find(({ when }) => when(refusal));
  const { status, message } = refusal;
  const said = message.replace(/\s+/g, ' ').trim().slice(0, 400).replaceAll(token, '***');
  return new WmsError({
    kind: row?.kind ?? 'host/refused',
    code: row?.code ?? EXIT.network,
    what: row?.what(url) ?? `${url} refused the request.`,
    why: status === 0 ? said : `It answered ${status}: ${said || 'nothing more'}`,
    next: row?.next ?? 'Do this again when the reason is gone.',
  });
}

export function noToken(url: string): WmsError {
  return new WmsError({
    kind: 'host/no-token',
    code: EXIT.credentials,
    what: `There is no token for ${url}.`,
    why: 'Pull requests are made and changed with one; neither GITHUB_TOKEN nor GH_TOKEN is set.',
    next: 'In a workflow give the job GITHUB_TOKEN, from github.token. Here: export GH_TOKEN=$(gh auth token)',
  });
}

export function notUnderstood(url: string, route: string, why: string): WmsError {
  return new WmsError({
    kind: 'host/not-understood',
    code: EXIT.network,
    what: `${url} answered ${route} in a way that wms does not understand.`,
    why,
    next: 'Check that GITHUB_API_URL is the address of GitHub’s REST API.',
  });
}

export function ended(branch: string): WmsError {
  return new WmsError({
    kind: 'host/closed',
    code: EXIT.conflict,
    what: `The pull request of ${branch} is closed.`,
    next: 'Open it again, if it should be merged after all.',
  });
}

/** Rules of the base branch ask for a branch that has all of it. */
export function behind(head: string, base: string): WmsError {
  return new WmsError({
    kind: 'host/behind',
    code: EXIT.conflict,
    what: `${base} has moved, and wants to see it in ${head} before the merge.`,
    next: `Bring ${base} onto it: npx wms ci rebase ${head}`,
  });
}

export function conflict(head: string, base: string): WmsError {
  return new WmsError({
    kind: 'host/conflict',
    code: EXIT.conflict,
    what: `${head} does not fit onto ${base}.`,
    why: 'Both changed the same files.',
    next: `Bring ${base} onto it: npx wms ci rebase ${head}`,
  });
}
