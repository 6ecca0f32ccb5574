import * as z from 'zod';
import type { MergeOrder, MergeOutcome } from '../../ports/code-host.js';
import { headMoved } from '../head-moved.js';
import type { GithubDoor } from './door.js';
import { behind, conflict, ended } from './errors.js';
import { type Pull, readPull } from './pull-requests.js';
import { RefusedError } from './refusal.js';

/** GitHub works out in the background where a branch is that was pushed just now, and whether it can be merged. */
const LOOKS = 10;
const PAUSE = 2000;

const AUTO_MERGE = `mutation($input: EnablePullRequestAutoMergeInput!) {
  enablePullRequestAutoMerge(input: $input) { clientMutationId }
}`;

export async function mergePull(door: GithubDoor, order: MergeOrder): Promise<MergeOutcome> {
  const pull = await knownPull(door, order);
  if (pull.head.sha !== order.head) throw headMoved(pull.head.ref, order.head, pull.head.sha);
  if (pull.merged_at !== null) return { outcome: 'merged', commit: pull.merge_commit_sha ?? '' };
  if (pull.state !== 'open') throw ended(pull.head.ref);
  if (pull.mergeable === false) throw conflict(pull.head.ref, pull.base.ref);
  if (pull.mergeable_state === 'behind') throw behind(pull.head.ref, pull.base.ref);
  if (pull.mergeable_state === 'blocked' && (await waits(door, order, pull))) return { outcome: 'waits' };
  return mergeNow(door, order, pull);
}

async function mergeNow(door: GithubDoor, order: MergeOrder, pull: Pull): Promise<MergeOutcome> {
  try {
    const { sha } = await door.call(
      z.object({ sha: z.string() }),
      'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge',
      {
        pull_number: pull.number,
        sha: order.head,
        merge_method: order.method,
        commit_title: order.title,
        commit_message: order.message,
      },
    );
    return { outcome: 'merged', commit: sha };
  } catch (error) {
    const { status = 0, message = '' } = error instanceof RefusedError ? error.refusal : {};
    if (status === 405 && /base branch was modified|out.of.date/i.test(message))
      throw behind(pull.head.ref, pull.base.ref);
    if (status === 409) throw headMoved(pull.head.ref, order.head, 'another commit');
    const asksForMore = status === 405 && /required|rule violations|approving review/i.test(message);
    if (asksForMore && (await waits(door, order, pull))) return { outcome: 'waits' };
    throw error;
  }
}

/** False: nothing is missing, so that GitHub wants it merged at once. */
async function waits(door: GithubDoor, order: MergeOrder, pull: Pull): Promise<boolean> {
  const input = {
    pullRequestId: pull.node_id,
    expectedHeadOid: order.head,
    mergeMethod: order.method.toUpperCase(),
    commitHeadline: order.title,
    commitBody: order.message,
  };
  try {
    await door.graphql(z.unknown(), AUTO_MERGE, { input });
    return true;
  } catch (error) {
    if (error instanceof RefusedError && /in (clean|unstable) status/i.test(error.refusal.message))
      return false;
    throw error;
  }
}

async function knownPull(door: GithubDoor, { pullRequest, head }: MergeOrder): Promise<Pull> {
  const isLate = ({ state, mergeable, head: { sha } }: Pull) =>
    state === 'open' && (mergeable == null || sha !== head);
  let pull = await readPull(door, pullRequest.id);
  for (let look = 1; look < LOOKS && isLate(pull); look += 1) {
    await door.place.timing.sleep(PAUSE);
    pull = await readPull(door, pullRequest.id);
  }
  return pull;
}
