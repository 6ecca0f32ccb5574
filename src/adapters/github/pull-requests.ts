import * as z from 'zod';
import type { PullRequest, PullRequestDraft } from '../../ports/code-host.js';
import type { GithubDoor } from './door.js';
import { RefusedError } from './refusal.js';

const side = z.object({ ref: z.string(), sha: z.string() });
const PULL = z.object({
  number: z.number(),
  node_id: z.string(),
  html_url: z.string(),
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullable(),
  merge_commit_sha: z.string().nullable(),
  mergeable: z.boolean().nullish(),
  mergeable_state: z.string().optional(),
  title: z.string(),
  body: z.string().nullable(),
  user: z.object({ login: z.string() }).nullable(),
  labels: z.array(z.object({ name: z.string() })),
  head: side,
  base: side,
});
export type Pull = z.infer<typeof PULL>;

/** GitHub takes no more characters. */
const LONGEST = 65_536;
const CUT = '\n\n… (cut: too long for GitHub)\n';

export const fitting = (text: string): string =>
  text.length <= LONGEST ? text : `${text.slice(0, LONGEST - CUT.length)}${CUT}`;

export const readPull = (door: GithubDoor, id: string): Promise<Pull> =>
  door.call(PULL, 'GET /repos/{owner}/{repo}/pulls/{pull_number}', { pull_number: Number(id) });

/** The open one, else the newest. */
export async function findPull(door: GithubDoor, head: string): Promise<Pull | null> {
  const found = await door.list(PULL, 'GET /repos/{owner}/{repo}/pulls', {
    head: `${door.place.owner}:${head}`,
    state: 'all',
  });
  const newest = found.sort((a, b) => b.number - a.number);
  const chosen = newest.find(({ state }) => state === 'open') ?? newest[0];
  // Only a single one is asked for tells whether it can be merged.
  return chosen === undefined ? null : readPull(door, String(chosen.number));
}

export async function savePull(door: GithubDoor, draft: PullRequestDraft): Promise<Pull> {
  const { head, base, title, labels } = draft;
  const body = fitting(draft.body);
  const before = (await findPull(door, head)) ?? (await createPull(door, { head, base, title, body }));
  if (before.state !== 'open') return before;
  const route = { pull_number: before.number };
  if (before.title !== title || before.body !== body || before.base.ref !== base)
    await door.call(PULL, 'PATCH /repos/{owner}/{repo}/pulls/{pull_number}', { ...route, title, body, base });
  const missing = labels.filter((label) => !before.labels.some(({ name }) => name === label));
  if (missing.length > 0)
    await door.call(z.unknown(), 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels', {
      issue_number: before.number,
      labels: missing,
    });
  return readPull(door, String(before.number));
}

async function createPull(door: GithubDoor, parameters: Omit<PullRequestDraft, 'labels'>): Promise<Pull> {
  try {
    return await door.call(PULL, 'POST /repos/{owner}/{repo}/pulls', parameters);
  } catch (error) {
    const exists = error instanceof RefusedError && /already exists/i.test(error.refusal.message);
    const found = exists ? await findPull(door, parameters.head) : null;
    if (found === null) throw error;
    return found;
  }
}

export function asPullRequest(pull: Pull): PullRequest {
  return {
    id: String(pull.number),
    url: pull.html_url,
    state: pull.merged_at === null ? pull.state : 'merged',
    mergeable: pull.mergeable ?? null,
    head: { branch: pull.head.ref, commit: pull.head.sha },
    base: { branch: pull.base.ref, commit: pull.base.sha },
    author: pull.user?.login ?? '',
    title: pull.title,
    body: pull.body ?? '',
    labels: pull.labels.map(({ name }) => name),
  };
}
