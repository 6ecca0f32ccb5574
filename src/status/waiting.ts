import { type Config, ROLES, type Role } from '../config/schema.js';
import { branchesOfMessage, type PublishedCounts, publishedCounts } from '../dataset/commit-message.pure.js';
import { readPointers } from '../dataset/version.js';
import type { GitRepository, Oid } from '../ports/git-repository.js';
import type { ObjectId } from '../ports/object-store.js';
import type { DataBranch, RemoteView } from './remote.js';

/** Older ones are forgotten branches rather than work that waits. */
const LOOKED_AT = 30;

export interface WaitingBranch {
  readonly branch: string;
  readonly commit: Oid;
  readonly publishedAt: string;
  readonly who: string;
  readonly isYours: boolean;
  /** Null: its message does not tell. */
  readonly pairs: PublishedCounts | null;
}

/** A version that waits, with the manifests that it names. */
export type WaitingVersion = WaitingBranch & { readonly manifestIds: ManifestIds };

export type ManifestIds = Readonly<Record<Role, ObjectId | null>>;

/** Data branches that are not merged, newest first. */
export async function findWaiting(
  git: GitRepository,
  config: Config,
  { dataBranches, upstream }: RemoteView,
): Promise<WaitingVersion[]> {
  const candidates = dataBranches.slice(0, LOOKED_AT);
  if (candidates.length === 0) return [];
  const [commits, merged, main, you] = await Promise.all([
    readCommits(git, candidates),
    branchesIn(git, config, upstream, candidates),
    upstream === null ? null : manifestIdsIn(git, config, upstream),
    git.config('user.email'),
  ]);
  const found = await Promise.all(
    candidates.map(async ({ branch, oid }): Promise<WaitingVersion | null> => {
      const commit = commits.get(oid);
      if (commit === undefined || merged.has(branch)) return null;
      if (upstream !== null && (await git.isAncestor(oid, upstream))) return null;
      const manifestIds = await manifestIdsIn(git, config, oid);
      if (main !== null && ROLES.every((role) => manifestIds[role] === main[role])) return null;
      const { name, mail, at, message } = commit;
      return {
        branch,
        commit: oid,
        publishedAt: at.toISOString(),
        who: name,
        isYours: mail === you,
        pairs: publishedCounts(message),
        manifestIds,
      };
    }),
  );
  return found.filter((waiting) => waiting !== null);
}

export async function manifestIdsIn(git: GitRepository, config: Config, commit: Oid): Promise<ManifestIds> {
  const { images, masks } = await readPointers(git, config, commit);
  return { images: images?.pointer.id ?? null, masks: masks?.pointer.id ?? null };
}

/** Data branches that messages of the remote's branch name: merged by squash or rebase, only these tell. */
async function branchesIn(
  git: GitRepository,
  config: Config,
  upstream: Oid | null,
  candidates: readonly DataBranch[],
): Promise<Set<string>> {
  if (upstream === null) return new Set();
  const oldest = dateOf(candidates.at(-1)?.branch ?? '');
  const pointers = ROLES.map((role) => `${config.dataset[role]}.dvc`);
  const commits = await git.commitsChanging(upstream, pointers, oldest);
  const messages = [...(await readCommits(git, commits)).values()].map(({ message }) => message);
  return new Set(messages.flatMap(branchesOfMessage));
}

/** `data/20261121-101500` */
function dateOf(branch: string): Date {
  const [, year, month, day] = /^data\/(\d{4})(\d\d)(\d\d)-/.exec(branch) ?? [];
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}

interface CommitFacts {
  readonly name: string;
  readonly mail: string;
  readonly at: Date;
  readonly message: string;
}

async function readCommits(
  git: GitRepository,
  commits: readonly { readonly oid: Oid }[],
): Promise<Map<Oid, CommitFacts>> {
  const facts = new Map<Oid, CommitFacts>();
  for await (const { oid, bytes } of git.readObjects(commits.map((commit) => commit.oid))) {
    const text = bytes.toString();
    const end = text.indexOf('\n\n');
    const [, name = '', mail = '', seconds = '0'] =
      /^author (.*) <(.*)> (-?\d+) [+-]\d+$/m.exec(text.slice(0, end)) ?? [];
    facts.set(oid, { name, mail, at: new Date(Number(seconds) * 1000), message: text.slice(end + 2) });
  }
  return facts;
}
