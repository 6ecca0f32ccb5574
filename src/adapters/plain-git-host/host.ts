import { fetchRefTip } from '../../commits/fetch-ref-tip.js';
import type { CodeHost, PullRequest, PullRequestDraft } from '../../ports/code-host.js';
import type { Oid } from '../../ports/git-repository.js';
import { noBranch, notSaved } from './errors.js';
import { mergeByPush } from './merge.js';
import { findRecord } from './read.js';
import { BODY, type PullRequestRecord, RECORD, readRecord, recordRef, renderRecord } from './record.js';
import { branchRef, editRef, type PlainGit } from './refs.js';

/**
 * Pull requests without a host: `refs/wms/pr/<branch>` on the remote holds a commit with the pull request, its body
 * and its comments, `refs/wms/status/<commit>` one with its statuses. A merge is pushed.
 */
export function openPlainGitHost(place: PlainGit): CodeHost {
  const { git, remote, clock } = place;
  const whoAmI = async (): Promise<string> =>
    (await git.personIdent('author', clock.now())).replace(/ \d+ [+-]\d{4}$/, '');

  /** Changes the record, of which there must be one. */
  const change = (
    { id }: PullRequest,
    message: string,
    make: (record: PullRequestRecord) => PullRequestRecord,
  ): Promise<void> =>
    editRef(place, recordRef(id), message, async (tip) => {
      if (tip === null) throw notSaved(id);
      return new Map([[RECORD, renderRecord(make(await readRecord(git, recordRef(id), tip)))]]);
    });

  const save = async (draft: PullRequestDraft, headCommit: Oid): Promise<void> => {
    const { head, base, title, body, labels } = draft;
    const fresh = { author: await whoAmI(), approvals: [], mergeCommit: null, labels: [] };
    const ref = recordRef(head);
    await editRef(place, ref, `pull request of ${head}\n`, async (tip) => {
      const before = tip === null ? fresh : await readRecord(git, ref, tip);
      const all = [...new Set([...before.labels, ...labels])];
      const record = { ...before, head, base, title, labels: all, headCommit };
      return new Map([
        [RECORD, renderRecord(record)],
        [BODY, body],
      ]);
    });
  };

  return {
    url: `git ${remote}`,
    whoAmI,
    findPullRequest: async (head) => (await findRecord(place, head))?.pullRequest ?? null,
    savePullRequest: async (draft) => {
      const headCommit = await fetchRefTip(git, remote, branchRef(draft.head));
      const before = await findRecord(place, draft.head);
      if (before !== null && before.pullRequest.state !== 'open') return before.pullRequest;
      if (headCommit === null) throw noBranch(remote, draft.head);
      await save(draft, headCommit);
      const saved = await findRecord(place, draft.head);
      if (saved === null) throw notSaved(draft.head);
      return saved.pullRequest;
    },
    saveComment: async ({ id }, name, markdown) => {
      await editRef(place, recordRef(id), `comment ${name}\n`, async (tip) => {
        if (tip === null) throw notSaved(id);
        return new Map([[`comments/${name}.md`, markdown]]);
      });
    },
    saveStatus: async (commit, status) => {
      const text = `${JSON.stringify(status, null, 2)}\n`;
      const files = new Map([[`${status.name}.json`, text]]);
      await editRef(place, `refs/wms/status/${commit}`, `status ${status.name}\n`, async () => files);
    },
    pictureUrl: () => null,
    approve: async (pullRequest, reason) => {
      const who = await whoAmI();
      if (pullRequest.author === who) return 'own';
      const { commit } = pullRequest.head;
      await change(pullRequest, `approved by ${who}\n`, (record) => {
        const others = record.approvals.filter((each) => each.who !== who || each.commit !== commit);
        return { ...record, approvals: [...others, { who, commit, reason }] };
      });
      return 'approved';
    },
    merge: (order) => mergeByPush(place, order),
  };
}
