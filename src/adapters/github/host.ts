import * as z from 'zod';
import type { CodeHost, CommitStatus, PullRequest } from '../../ports/code-host.js';
import type { Oid } from '../../ports/git-repository.js';
import type { Timing } from '../../ports/timing.js';
import { GithubDoor, type GithubPlace } from './door.js';
import { noToken } from './errors.js';
import { mergePull } from './merge.js';
import type { GithubRepository } from './place.pure.js';
import { asPullRequest, findPull, fitting, savePull } from './pull-requests.js';
import { RefusedError } from './refusal.js';

const COMMENT = z.object({ id: z.number(), body: z.string().optional() });
const REVIEW = z.object({
  state: z.string(),
  commit_id: z.string().nullish(),
  user: z.object({ login: z.string() }).nullable(),
});
const STATUS = z.object({
  context: z.string(),
  state: z.string(),
  description: z.string().nullable(),
  target_url: z.string().nullable(),
});
/** GitHub takes no longer summary of a status. */
const SUMMARY = 140;

/** As `openGithubHost`, with the token of the environment. Throws WmsError `host/no-token` (exit code 4). */
export function githubHostFor(
  repository: GithubRepository,
  env: Readonly<Record<string, string | undefined>>,
  timing: Timing,
): CodeHost {
  const token = env.GITHUB_TOKEN || env.GH_TOKEN;
  if (!token) throw noToken(repository.url);
  return openGithubHost({ ...repository, token, timing });
}

/** Pull requests of a repository on GitHub, or on an Enterprise server. Every operation reads before it writes. */
export function openGithubHost(place: GithubPlace): CodeHost {
  const door = new GithubDoor(place);
  return {
    url: place.url,
    whoAmI: () => door.whole(() => login(door)),
    findPullRequest: (head) =>
      door.whole(async () => {
        const pull = await findPull(door, head);
        return pull === null ? null : asPullRequest(pull);
      }),
    savePullRequest: (draft) => door.whole(async () => asPullRequest(await savePull(door, draft))),
    saveComment: (pullRequest, name, markdown) =>
      door.whole(() => saveComment(door, pullRequest, `<!-- wms:${name} -->`, markdown)),
    saveStatus: (commit, status) => door.whole(() => saveStatus(door, commit, status)),
    // Also for private repositories: whoever may read it is sent on to the file.
    pictureUrl: (commit, path) => `${place.url}/blob/${commit}/${encodeURI(path)}?raw=true`,
    approve: (pullRequest, reason) => door.whole(() => approve(door, pullRequest, reason)),
    merge: (order) => door.whole(() => mergePull(door, order)),
  };
}

/** Of people and of workflows alike; `GET /user` refuses the token of a workflow. */
async function login(door: GithubDoor): Promise<string> {
  const shape = z.object({ viewer: z.object({ login: z.string() }) });
  return (await door.graphql(shape, '{ viewer { login } }')).viewer.login;
}

async function saveComment(
  door: GithubDoor,
  { id }: PullRequest,
  marker: string,
  markdown: string,
): Promise<void> {
  const body = fitting(`${marker}\n${markdown}`);
  const issue = { issue_number: Number(id) };
  const all = await door.list(COMMENT, 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments', issue);
  const ours = all.find((each) => each.body?.startsWith(marker));
  if (ours === undefined)
    await door.call(COMMENT, 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments', { ...issue, body });
  else if (ours.body !== body)
    await door.call(COMMENT, 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', {
      comment_id: ours.id,
      body,
    });
}

async function saveStatus(door: GithubDoor, commit: Oid, status: CommitStatus): Promise<void> {
  const { name: context, state, summary, url } = status;
  const description = summary.length > SUMMARY ? `${summary.slice(0, SUMMARY - 1)}…` : summary;
  // Newest first.
  const all = await door.list(STATUS, 'GET /repos/{owner}/{repo}/commits/{ref}/statuses', { ref: commit });
  const last = all.find((each) => each.context === context);
  if (last?.state === state && last.description === description && last.target_url === url) return;
  await door.call(STATUS, 'POST /repos/{owner}/{repo}/statuses/{sha}', {
    sha: commit,
    ...{ context, state, description, ...(url === null ? {} : { target_url: url }) },
  });
}

async function approve(
  door: GithubDoor,
  { id, head, author }: PullRequest,
  reason: string,
): Promise<'approved' | 'own'> {
  const me = await login(door);
  if (me === author) return 'own';
  const pull = { pull_number: Number(id) };
  const all = await door.list(REVIEW, 'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', pull);
  const isMine = (each: z.infer<typeof REVIEW>) =>
    each.user?.login === me && each.state === 'APPROVED' && each.commit_id === head.commit;
  if (all.some(isMine)) return 'approved';
  try {
    await door.call(REVIEW, 'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews', {
      ...pull,
      ...{ event: 'APPROVE', body: fitting(reason), commit_id: head.commit },
    });
    return 'approved';
  } catch (error) {
    if (error instanceof RefusedError && /approve your own/i.test(error.refusal.message)) return 'own';
    throw error;
  }
}
