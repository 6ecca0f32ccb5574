import type {
  CommitChanges,
  GitRepository,
  Oid,
  TreeEdit,
  TreeEntry,
  TreeWriter,
} from '../ports/git-repository.js';

export interface StripInput {
  readonly git: GitRepository;
  readonly commits: readonly CommitChanges[];
  readonly tip: Oid;
  /** Dataset directories, where all the paths of `strip` are. */
  readonly directories: readonly string[];
  /** What to put in place of each raw path: what the remote's branch has there, or nothing. */
  readonly strip: ReadonlyMap<string, TreeEntry | null>;
}

export interface Stripped {
  /** The push's commits without raw files; null when nothing is left of them and there was nothing before. */
  readonly tip: Oid | null;
  /** How many commits stay, rewritten or not. */
  readonly kept: number;
  /** Commits whose signature did not survive the rewriting. */
  readonly unsigned: number;
}

/**
 * Rewrites commits without raw files, parents first. Author, dates, encoding, message and order stay; a commit that
 * holds nothing else disappears; one that holds no raw file and whose parents stay is not rewritten at all.
 */
export async function stripCommits(input: StripInput): Promise<Stripped> {
  const { git, commits, tip, strip } = input;
  const rewritten = new Map<Oid, Oid | null>();
  const changed = new Set<Oid>();
  for (const { oid, parents, changes } of commits) {
    const inherits = parents.some((parent) => changed.has(parent));
    if (inherits || changes.some(({ path }) => strip.has(path))) changed.add(oid);
  }
  const affected = commits.filter(({ oid }) => changed.has(oid));
  const raws = new Map<Oid, Buffer>();
  for await (const object of git.readObjects(affected.map(({ oid }) => oid)))
    raws.set(object.oid, object.bytes);
  const writer = await git.openTreeWriter();
  try {
    const trees = new TreesOfCommits(git, raws, () => writer.write(null, []));
    let kept = commits.length - affected.length;
    let unsigned = 0;
    for (const commit of affected) {
      const raw = raws.get(commit.oid) ?? Buffer.alloc(0);
      const parents = await mapParents(git, commit.parents, rewritten);
      const tree = await trees.of(commit.oid);
      const clean = await cleanTree(input, writer, tree);
      const wasEmpty = commit.parents.length < 2 && tree === (await trees.of(commit.parents[0]));
      if (!wasEmpty && parents.length < 2 && clean === (await trees.of(parents[0]))) {
        rewritten.set(commit.oid, parents[0] ?? null);
        continue;
      }
      kept += 1;
      if (clean === tree && sameList(parents, commit.parents)) {
        rewritten.set(commit.oid, commit.oid);
        continue;
      }
      if (isSigned(raw)) unsigned += 1;
      const replacement = await git.writeCommit(rewriteCommit(raw, clean, parents));
      trees.remember(replacement, clean);
      rewritten.set(commit.oid, replacement);
    }
    return { tip: rewritten.has(tip) ? (rewritten.get(tip) ?? null) : tip, kept, unsigned };
  } finally {
    await writer.close();
  }
}

class TreesOfCommits {
  readonly #known = new Map<Oid, Oid>();

  constructor(
    private readonly git: GitRepository,
    private readonly raws: ReadonlyMap<Oid, Buffer>,
    private readonly emptyTree: () => Promise<Oid>,
  ) {}

  remember(commit: Oid, tree: Oid): void {
    this.#known.set(commit, tree);
  }

  /** Tree of a commit; of no commit (before a root), the empty tree. */
  async of(commit: Oid | undefined): Promise<Oid> {
    if (commit === undefined) return this.emptyTree();
    const raw = this.raws.get(commit);
    if (raw !== undefined) return headerOf(raw, 'tree');
    const tree = this.#known.get(commit) ?? (await this.git.treeOf(commit));
    this.#known.set(commit, tree);
    return tree;
  }
}

async function mapParents(
  git: GitRepository,
  parents: readonly Oid[],
  rewritten: ReadonlyMap<Oid, Oid | null>,
): Promise<Oid[]> {
  const mapped = parents.flatMap((parent) => {
    const now = rewritten.has(parent) ? rewritten.get(parent) : parent;
    return now === null || now === undefined ? [] : [now];
  });
  const distinct = [...new Set(mapped)];
  if (distinct.length < 2 || sameList(distinct, parents)) return distinct;
  // A side that lost all its commits would leave a merge with its own ancestor.
  const useful: Oid[] = [];
  for (const parent of distinct) {
    const others = distinct.filter((other) => other !== parent);
    const within = await Promise.all(others.map((other) => git.isAncestor(parent, other)));
    if (!within.includes(true)) useful.push(parent);
  }
  return useful;
}

async function cleanTree(input: StripInput, writer: TreeWriter, tree: Oid): Promise<Oid> {
  const edits = (await input.git.filesBelow(tree, input.directories)).flatMap((here): TreeEdit[] => {
    const inBase = input.strip.get(here.path);
    if (inBase === undefined || inBase?.oid === here.oid) return [];
    return [{ path: here.path, entry: inBase }];
  });
  return edits.length === 0 ? tree : writer.write(tree, edits);
}

/** Replaces tree and parents and drops the signature, which covers the old ones. Other bytes stay as they are. */
export function rewriteCommit(raw: Buffer, tree: Oid, parents: readonly Oid[]): Buffer {
  const text = raw.toString('latin1');
  const end = text.indexOf('\n\n');
  const header = end < 0 ? text : text.slice(0, end);
  const rest = end < 0 ? '' : text.slice(end);
  // A header's continuation lines begin with a space.
  const fields = header
    .split(/\n(?! )/)
    .filter((field) => !/^(tree|parent|gpgsig|gpgsig-sha256) /.test(field));
  const lines = [`tree ${tree}`, ...parents.map((parent) => `parent ${parent}`), ...fields];
  return Buffer.from(lines.join('\n') + rest, 'latin1');
}

export function isSigned(raw: Buffer): boolean {
  const end = raw.indexOf('\n\n');
  return raw.subarray(0, end < 0 ? raw.length : end).includes('\ngpgsig');
}

function headerOf(raw: Buffer, name: string): string {
  const line = raw
    .toString('latin1')
    .split('\n')
    .find((text) => text.startsWith(`${name} `));
  return line?.slice(name.length + 1) ?? '';
}

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((value, index) => value === b[index]);
