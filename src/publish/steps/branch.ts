import { type CommitParts, renderCommit } from '../../commits/render-commit.pure.js';
import { ROLES, type Role } from '../../config/schema.js';
import { pointerCommitMessage } from '../../dataset/commit-message.pure.js';
import { updatePointer } from '../../dataset/pointer.js';
import { stripCommits } from '../../dataset/strip.js';
import { EXIT, WmsError } from '../../errors.js';
import type { Oid, TreeEdit } from '../../ports/git-repository.js';
import { dataBranchName } from '../data-branch.js';
import { found, type PublishJob } from '../job.js';
import { type BranchForm, rawForm } from '../raw-form.js';
import { sizeAfter } from '../size-after.js';
import type { Step } from '../step.js';
import { upload } from './upload.js';

/** The push's commits without raw files, one commit with the pointers on top, pushed under a name that is free. */
export const branch: Step = {
  title: 'Branch',
  needs: [upload.title],
  async run(job, report) {
    const { git } = job.tools;
    const { target, replaces } = job.plan;
    report.progress('making commits');
    const { parent, unsigned, parts, messageOn } = await (job.throughGit ? rawForm(job) : pointerForm(job));
    const { startedAt } = job.journal;
    for (let seconds = 0; ; seconds += 1) {
      const name = replaces?.branch ?? dataBranchName(new Date(startedAt.getTime() + seconds * 1000));
      const commit = await git.writeCommit(renderCommit({ ...parts, message: messageOn(name) }));
      report.progress(`pushing ${name}`);
      await job.journal.recordPushing({ branch: name, commit });
      const { outcome, messages } =
        replaces === null
          ? await git.pushNewBranch(target.pushTo, commit, name)
          : await git.replaceBranch(target.pushTo, commit, name, replaces.commit);
      const ours =
        outcome === 'pushed' || (await git.remoteRef(target.pushTo, `refs/heads/${name}`)) === commit;
      if (!ours && replaces !== null) throw branchMoved(name, target.remote);
      if (!ours) continue;
      job.findings.branch = { name, commit, parent, messages, unsigned };
      report.done(`${name} → ${target.remote}`);
      return;
    }
  },
};

async function pointerForm(job: PublishJob): Promise<BranchForm> {
  const { parent, unsigned } = await parentCommit(job);
  const { counts } = found(job, 'merge');
  const messageOn = (name: string) => pointerCommitMessage(counts, name, job.plan.edit?.reason);
  return { parent, unsigned, parts: await pointerCommit(job, parent), messageOn };
}

/** What the pointer commit stands on. Never the local HEAD: its raw files would travel along. */
async function parentCommit({ tools, plan }: PublishJob): Promise<{ parent: Oid | null; unsigned: number }> {
  const { target, commits, raw } = plan;
  if (target.tip === null || !plan.carriesCommits) return { parent: target.base, unsigned: 0 };
  const directories = ROLES.map((role) => tools.config.dataset[role]);
  const { tip, unsigned } = await stripCommits({
    git: tools.git,
    commits,
    tip: target.tip,
    directories,
    strip: raw.strip,
  });
  return { parent: tip ?? target.base, unsigned };
}

/** Everything but the message, which names the branch. */
async function pointerCommit(job: PublishJob, parent: Oid | null): Promise<Omit<CommitParts, 'message'>> {
  const { git } = job.tools;
  const when = job.journal.startedAt;
  const [base, author, committer, edits] = await Promise.all([
    parent === null ? null : git.treeOf(parent),
    git.personIdent('author', when),
    git.personIdent('committer', when),
    Promise.all(ROLES.map((role) => pointerEdit(job, role))),
  ]);
  const writer = await git.openTreeWriter();
  try {
    const tree = await writer.write(
      base,
      edits.filter((edit) => edit !== null),
    );
    return { tree, parents: parent === null ? [] : [parent], author, committer };
  } finally {
    await writer.close();
  }
}

async function pointerEdit(job: PublishJob, role: Role): Promise<TreeEdit | null> {
  const id = found(job, 'pointers')[role];
  if (id === null) return null;
  const { pointerPath, pointerText } = found(job, 'base')[role];
  const manifest = found(job, 'merge').merged[role];
  const outPath = pointerPath.slice(pointerPath.lastIndexOf('/') + 1, -'.dvc'.length);
  const size = await sizeAfter(job, role, id);
  const text = updatePointer(pointerText, {
    path: outPath,
    id,
    nfiles: manifest.length,
    ...(size === undefined ? {} : { size }),
  });
  return {
    path: pointerPath,
    entry: { mode: '100644', oid: await job.tools.git.writeBlob(Buffer.from(text)) },
  };
}

function branchMoved(branch: string, remote: string): WmsError {
  return new WmsError({
    kind: 'publish/branch-moved',
    code: EXIT.conflict,
    what: `${branch} moved on ${remote} meanwhile, and was left as it is there.`,
    next: 'Run the same again: it takes what is there now.',
  });
}
