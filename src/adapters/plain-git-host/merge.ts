import { renderCommit } from '../../commits/render-commit.pure.js';
import { isWmsError, retold } from '../../errors.js';
import type { MergeOrder, MergeOutcome } from '../../ports/code-host.js';
import type { Oid } from '../../ports/git-repository.js';
import { headMoved } from '../head-moved.js';
import { conflict, isClosed, notSaved } from './errors.js';
import { findRecord } from './read.js';
import { RECORD, readRecord, recordRef, renderRecord } from './record.js';
import { branchRef, editRef, mergedTree, type PlainGit, untilFirst } from './refs.js';

/**
 * Pushes the merge onto the base branch, while that is where it was seen. The commit is noted first: killed in
 * between, the next call sees from the base branch whether it arrived.
 */
export async function mergeByPush(place: PlainGit, order: MergeOrder): Promise<MergeOutcome> {
  const { git, remote } = place;
  const { branch } = order.pullRequest.head;
  const ref = recordRef(branch);
  const commit = await untilFirst(place, branchRef(order.pullRequest.base.branch), async () => {
    const found = await findRecord(place, branch);
    if (found === null) throw notSaved(branch);
    const { record, pullRequest, baseTip } = found;
    if (pullRequest.state === 'closed') throw isClosed(order);
    if (pullRequest.head.commit !== order.head) throw headMoved(branch, order.head, pullRequest.head.commit);
    if (pullRequest.state === 'merged') return record.mergeCommit ?? baseTip;
    const made = await makeCommit(place, order, baseTip);
    await editRef(place, ref, `merge ${branch}\n`, async (tip) => {
      const noted = tip === null ? record : await readRecord(git, ref, tip);
      return new Map([[RECORD, renderRecord({ ...noted, headCommit: order.head, mergeCommit: made })]]);
    });
    const outcome = await git
      .pushRef(remote, made, branchRef(record.base), baseTip)
      .catch((error: unknown) => {
        throw isWmsError(error, 'git/push-refused')
          ? retold(error, {
              next: `Merge ${branch} into ${record.base} by hand, or allow this user to push to ${record.base}.`,
            })
          : error;
      });
    return outcome === 'pushed' ? made : null;
  });
  return { outcome: 'merged', commit };
}

async function makeCommit(place: PlainGit, order: MergeOrder, base: Oid): Promise<Oid> {
  const { git, clock } = place;
  const merged = await mergedTree(place, base, order.head);
  if (merged === null || merged.conflicts.length > 0) throw conflict(order, merged?.conflicts ?? []);
  const when = clock.now();
  return git.writeCommit(
    renderCommit({
      tree: merged.tree,
      parents: order.method === 'squash' ? [base] : [base, order.head],
      author: await git.personIdent('author', when),
      committer: await git.personIdent('committer', when),
      message: `${[order.title, order.message].filter((part) => part !== '').join('\n\n')}\n`,
    }),
  );
}
