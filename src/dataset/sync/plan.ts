import { ROLES } from '../../config/schema.js';
import type { Commit, GitRepository, Oid } from '../../ports/git-repository.js';
import { countPairs } from '../pairs.js';
import { datasetPath } from '../raw-files.js';
import { stripCommits } from '../strip.js';
import { findLanded } from './landed.js';
import { findLocalCommits, type LocalCommits, readCommits } from './local-commits.js';
import { notProvable } from './not-provable.js';
import type { SyncOutcome } from './outcome.js';
import type { RawBytes } from './proof.pure.js';
import { type Proven, prove } from './prove.js';
import { readRawBytes } from './raw-bytes.js';
import { replay } from './replay.js';
import type { SyncTarget } from './target.js';
import type { SyncTools } from './tools.js';

export interface SyncPlan {
  readonly from: Oid;
  readonly to: Oid;
  /** Everything that the branch holds stays in its history. */
  readonly isFastForward: boolean;
  /** Raw files that leave the branch, all proven. */
  readonly files: readonly RawBytes[];
  /** Files that stay on disk: those, and what the remote's branch itself no longer tracks in the dataset. */
  readonly keepFiles: readonly string[];
  readonly facts: Omit<SyncOutcome, 'outcome' | 'changedHere' | 'backup'>;
}

/** Decides where the branch goes. Writes Git objects, and nothing that refers to them. */
export async function planSync(tools: SyncTools, target: SyncTarget, upstream: Oid): Promise<SyncPlan> {
  const { git, config } = tools;
  const { local } = target;
  const work = await findLocalCommits(git, config, local, upstream);
  const files = await readRawBytes(git, work);
  const proven = files.length === 0 ? null : await proveAll(tools, target, upstream, files);
  const to = await newTip(tools, target, upstream, work);
  const kept = await git.commitsBetween(to, [upstream]);
  const paths = files.map(({ path }) => path);
  return {
    from: local,
    to,
    isFastForward: await git.isAncestor(local, to),
    files,
    keepFiles: [...new Set([...paths, ...(await droppedFiles(tools, local, to))])],
    facts: {
      remote: target.remote,
      branch: target.branch,
      upstream,
      from: local,
      to,
      commits: {
        dropped: Math.max(0, work.commits.length - kept.length),
        kept: kept.length,
        signaturesLost: await losesSignatures(git, work.commits, kept),
      },
      files: paths,
      namedOtherwise: files
        .filter((file) => proven?.proofs.get(file) === 'other-name')
        .map(({ path }) => path),
      pairs: proven === null ? null : countPairs(proven.dataset.images, proven.dataset.masks),
      checkedOut: target.here,
      stillInHead: !target.here && (await headHolds(tools, files)),
    },
  };
}

async function droppedFiles({ git, config }: SyncTools, from: Oid, to: Oid): Promise<string[]> {
  const [difference] = await git.changesOf([{ oid: to, parents: [from] }]);
  const deleted = (difference?.changes ?? []).filter(({ status }) => status === 'D');
  return deleted.map(({ path }) => path).filter((path) => datasetPath(config, path) !== null);
}

async function losesSignatures(
  git: GitRepository,
  before: readonly Commit[],
  after: readonly Commit[],
): Promise<boolean> {
  const same = new Set(before.map(({ oid }) => oid));
  if (after.every(({ oid }) => same.has(oid))) return false;
  return [...(await readCommits(git, before)).values()].some(({ isSigned }) => isSigned);
}

async function headHolds({ git, config }: SyncTools, files: readonly RawBytes[]): Promise<boolean> {
  const head = files.length === 0 ? null : await git.resolveCommit('HEAD');
  if (head === null) return false;
  const entries = await git.filesBelow(
    head,
    ROLES.map((role) => config.dataset[role]),
  );
  const held = new Set(entries.map(({ path }) => path));
  return files.some(({ path }) => held.has(path));
}

async function proveAll(
  tools: SyncTools,
  target: SyncTarget,
  upstream: Oid,
  files: readonly RawBytes[],
): Promise<Proven> {
  const report = tools.reporter.step('Proof');
  report.progress('opening the store');
  const proofTools = { git: tools.git, config: tools.config, store: await tools.openStore() };
  const proven = await prove(proofTools, upstream, files, (text) => report.progress(text));
  if (proven.unproven.length === 0) {
    report.done(`all ${files.length} raw files are in the dataset`);
    return proven;
  }
  report.failed(`${proven.unproven.length} of ${files.length} raw files are not in the dataset`);
  throw await notProvable(proofTools, target, proven);
}

async function newTip(
  { git, config, reporter }: SyncTools,
  target: SyncTarget,
  upstream: Oid,
  { commits, raw }: LocalCommits,
): Promise<Oid> {
  if (commits.length === 0) return upstream;
  const report = reporter.step('Commits');
  report.progress('taking raw files out');
  const directories = ROLES.map((role) => config.dataset[role]);
  const { local } = target;
  const tip =
    raw.strip.size === 0
      ? local
      : (await stripCommits({ git, commits, tip: local, directories, strip: raw.strip })).tip;
  const left = tip === null ? [] : await git.commitsBetween(tip, [upstream]);
  report.progress('putting the others on top');
  const to = tip === null || left.length === 0 ? upstream : await putOnTop(git, target, left, tip, upstream);
  report.done(describe(commits.length, (await git.commitsBetween(to, [upstream])).length));
  return to;
}

async function putOnTop(
  git: GitRepository,
  { remote, branch }: SyncTarget,
  commits: readonly Commit[],
  tip: Oid,
  upstream: Oid,
): Promise<Oid> {
  if (await git.isAncestor(upstream, tip)) return tip;
  const landed = await findLanded(git, commits, upstream, tip);
  const tracking = `${remote}/${branch}`;
  const isTracked = (await git.resolveCommit(`refs/remotes/${tracking}`)) !== null;
  const others = commits.filter(({ oid }) => !landed.has(oid));
  return replay(git, others, upstream, isTracked ? tracking : upstream.slice(0, 12));
}

function describe(before: number, kept: number): string {
  const dropped = Math.max(0, before - kept);
  return `${dropped} left out, ${kept} kept`;
}
