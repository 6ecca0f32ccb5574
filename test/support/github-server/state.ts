import { git, tryGit } from '../scratch.js';

export type Json = Record<string, unknown>;

export class GithubRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly errors: readonly Json[] = [],
  ) {
    super(message);
  }
}

interface Pull {
  readonly number: number;
  readonly head: string;
  base: string;
  title: string;
  body: string;
  readonly user: string;
  readonly labels: Set<string>;
  mergedAs: string | null;
  headCommit: string;
}

/** Pull requests of one repository, which is a bare one here. Merges are made in it. */
export class GithubState {
  readonly pulls: Pull[] = [];
  readonly comments: { id: number; issue: number; body: string; user: string }[] = [];
  readonly statuses: (Json & { sha: string })[] = [];
  readonly reviews: { pull: number; user: string; commit: string }[] = [];
  /** What the rules of the base branch still ask for; null: nothing. */
  missing: string | null = null;
  autoMergeAllowed = true;
  /** Ways of merging that the repository's settings allow. */
  methods: readonly string[] = ['merge', 'squash', 'rebase'];
  /** It says `blocked` a while longer than it is true. */
  isLate = false;
  /** A branch must have all of its base branch before it is merged. */
  isStrict = false;
  readonly autoMerges: Json[] = [];
  #id = 0;

  constructor(private readonly repository: string) {}

  nextId(): number {
    this.#id += 1;
    return this.#id;
  }

  async tip(branch: string): Promise<string | null> {
    const found = await tryGit(this.repository, ['rev-parse', '--verify', '-q', `refs/heads/${branch}`]);
    return found.exitCode === 0 ? found.stdout : null;
  }

  pull(number: number): Pull {
    const found = this.pulls.find((each) => each.number === number);
    if (found === undefined) throw new GithubRefusal(404, 'Not Found');
    return found;
  }

  async create({ head, base, title, body }: Record<string, string>, user: string): Promise<Pull> {
    if (this.pulls.some((each) => each.head === head && each.mergedAs === null))
      throw new GithubRefusal(422, 'Validation Failed', [
        { message: `A pull request already exists for team:${head}.` },
      ]);
    const headCommit = await this.tip(head!);
    if (headCommit === null) throw new GithubRefusal(422, 'Validation Failed', [{ field: 'head' }]);
    const number = this.pulls.length + 1;
    const made = { number, head: head!, base: base!, title: title!, body: body!, user, headCommit };
    const pull = { ...made, labels: new Set<string>(), mergedAs: null };
    this.pulls.push(pull);
    return pull;
  }

  async show(pull: Pull): Promise<Json> {
    const tip = await this.tip(pull.head);
    if (tip !== null && pull.mergedAs === null) pull.headCommit = tip;
    const isOpen = tip !== null && pull.mergedAs === null;
    const base = (await this.tip(pull.base)) ?? '';
    const state =
      this.isStrict && !(await this.#hasAll(pull.headCommit, base))
        ? 'behind'
        : this.missing === null && !this.isLate
          ? 'clean'
          : 'blocked';
    const fits = isOpen ? (await this.#tree(base, pull.headCommit)) !== null : null;
    return {
      number: pull.number,
      node_id: `PR_${pull.number}`,
      html_url: `https://github.test/team/meters/pull/${pull.number}`,
      state: isOpen ? 'open' : 'closed',
      merged_at: pull.mergedAs === null ? null : '2026-11-21T10:15:00Z',
      merge_commit_sha: pull.mergedAs,
      mergeable: fits,
      mergeable_state: fits === false ? 'dirty' : state,
      title: pull.title,
      body: pull.body,
      user: { login: pull.user },
      labels: [...pull.labels].map((name) => ({ name })),
      head: { ref: pull.head, sha: pull.headCommit },
      base: { ref: pull.base, sha: base },
    };
  }

  async merge(pull: Pull, order: Record<string, string>): Promise<Json> {
    await this.show(pull);
    if (pull.headCommit !== order.sha) throw new GithubRefusal(409, 'Head branch was modified.');
    if (pull.mergedAs !== null) throw new GithubRefusal(405, 'Pull Request is not mergeable');
    if (this.missing !== null) throw new GithubRefusal(405, this.missing);
    const refused = this.refusedMethod(order.merge_method!);
    if (refused !== null) throw new GithubRefusal(405, refused);
    const base = (await this.tip(pull.base))!;
    if (this.isStrict && !(await this.#hasAll(pull.headCommit, base)))
      throw new GithubRefusal(405, 'Head branch is out of date. Review and try the merge again.');
    const tree = await this.#tree(base, pull.headCommit);
    if (tree === null) throw new GithubRefusal(405, 'Pull Request is not mergeable');
    const parents = order.merge_method === 'squash' ? [base] : [base, pull.headCommit];
    const message = ['-m', order.commit_title!, '-m', order.commit_message!];
    const args = ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), ...message];
    const sha = await git(this.repository, ...args);
    await git(this.repository, 'update-ref', `refs/heads/${pull.base}`, sha, base);
    pull.mergedAs = sha;
    return { sha, merged: true, message: 'Pull Request successfully merged' };
  }

  /** In GitHub's words; null: the way is allowed. */
  refusedMethod(method: string): string | null {
    if (this.methods.includes(method)) return null;
    return `${{ merge: 'Merge commits', squash: 'Squash merges' }[method]} are not allowed on this repository.`;
  }

  /** Merges what a pull request has now and deletes its branch, as auto-merge and people do. */
  async mergeByItself(number: number, method = 'merge'): Promise<void> {
    const pull = this.pull(number);
    const sha = (await this.tip(pull.head))!;
    const order = {
      sha,
      merge_method: method,
      commit_title: `${pull.title} (#${number})`,
      commit_message: '',
    };
    await this.merge(pull, order);
    await git(this.repository, 'update-ref', '-d', `refs/heads/${pull.head}`);
  }

  async #hasAll(head: string, base: string): Promise<boolean> {
    return (await tryGit(this.repository, ['merge-base', '--is-ancestor', base, head])).exitCode === 0;
  }

  /** Null: a conflict. */
  async #tree(base: string, head: string): Promise<string | null> {
    const merged = await tryGit(this.repository, ['merge-tree', '--write-tree', base, head]);
    return merged.exitCode === 0 ? merged.stdout.trim() : null;
  }
}
