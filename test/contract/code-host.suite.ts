import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CodeHost, PullRequestDraft } from '../../src/ports/code-host.js';
import { commitFiles, git } from '../support/scratch.js';
import type { Team } from '../support/team.js';

export interface CodeHostWorld {
  readonly team: Team;
  readonly host: CodeHost;
  /** The same, for somebody else. */
  readonly other: CodeHost;
  /** Texts of the comments, as the host keeps them, in any order. */
  comments(head: string): Promise<string[]>;
  /** States by name. */
  statuses(commit: string): Promise<Record<string, string>>;
  /** How many approvals there are. */
  approvals(head: string): Promise<number>;
  close?(): Promise<void>;
}

const HEAD = 'data/20261121-101500';
const HOSTILE = `"quoted" 'one' $(touch owned) \`touch owned\` <img src=x> @everyone #1 | -- ; rm`;

/** The promises in src/ports/code-host.ts. */
export function codeHostSuite(name: string, open: () => Promise<CodeHostWorld>): void {
  describe(`CodeHost: ${name}`, () => {
    let world: CodeHostWorld;
    let host: CodeHost;
    beforeEach(async () => {
      world = await open();
      host = world.host;
    });
    afterEach(() => world.close?.());

    const draft = (changes: Partial<PullRequestDraft> = {}): PullRequestDraft => ({
      ...{ head: HEAD, base: 'main', title: 'Add 25 pairs', body: 'All well.\n', labels: ['data'] },
      ...changes,
    });
    /** Commits on a branch of the remote, made of main when it is new. */
    const pushed = async (branch: string, files: Record<string, string>): Promise<string> => {
      const { clone } = world.team;
      const known = await git(clone, 'branch', '--list', branch);
      await git(clone, 'checkout', '--quiet', ...(known === '' ? ['-b', branch, 'main'] : [branch]));
      const commit = await commitFiles(clone, files);
      await git(clone, 'push', '--quiet', '--no-verify', 'origin', branch);
      await git(clone, 'checkout', '--quiet', 'main');
      return commit;
    };
    const onRemote = (revision: string) => git(world.team.remote, 'rev-parse', revision);
    const order = async (head: string, method: 'merge' | 'squash' = 'squash') => ({
      pullRequest: await host.savePullRequest(draft()),
      head,
      method,
      title: 'Add 25 pairs (#1)',
      message: 'Better than Production.',
    });

    it('knows of no pull request before one is made, then finds it by its branch', async () => {
      const head = await pushed(HEAD, { 'a.txt': 'a' });
      expect(await host.findPullRequest(HEAD)).toBeNull();
      const made = await host.savePullRequest(draft());
      expect(made).toMatchObject({
        state: 'open',
        head: { branch: HEAD, commit: head },
        base: { branch: 'main', commit: await onRemote('main') },
        title: 'Add 25 pairs',
        body: 'All well.\n',
        labels: ['data'],
        author: await host.whoAmI(),
      });
      expect(await host.findPullRequest(HEAD)).toMatchObject({ id: made.id, mergeable: true });
    });

    it('makes it once, brings it up to date, and takes no label away', async () => {
      await pushed(HEAD, { 'a.txt': 'a' });
      const made = await host.savePullRequest(draft());
      expect((await host.savePullRequest(draft())).id).toBe(made.id);
      const changed = await host.savePullRequest(draft({ title: 'Add 26 pairs', labels: ['gate'] }));
      expect(changed).toMatchObject({ id: made.id, title: 'Add 26 pairs' });
      expect([...changed.labels].sort()).toEqual(['data', 'gate']);
    });

    it('has one comment of a name', async () => {
      await pushed(HEAD, { 'a.txt': 'a' });
      const request = await host.savePullRequest(draft());
      await host.saveComment(request, 'gate', 'training');
      await host.saveComment(request, 'report', 'fine');
      await host.saveComment(request, 'gate', 'better');
      await host.saveComment(request, 'gate', 'better');
      const texts = await world.comments(HEAD);
      expect(texts).toHaveLength(2);
      expect(texts.filter((text) => text.includes('better'))).toHaveLength(1);
    });

    it('has one status of a name on a commit, the last one', async () => {
      const head = await pushed(HEAD, { 'a.txt': 'a' });
      const status = { name: 'wms/gate', summary: 'Dice 0.9', url: null };
      await host.saveStatus(head, { ...status, state: 'pending' });
      await host.saveStatus(head, { ...status, state: 'success' });
      await host.saveStatus(head, { ...status, state: 'success' });
      await host.saveStatus(head, { ...status, name: 'wms/check', state: 'failure' });
      expect(await world.statuses(head)).toEqual({ 'wms/gate': 'success', 'wms/check': 'failure' });
    });

    it('lets somebody else approve, once', async () => {
      await pushed(HEAD, { 'a.txt': 'a' });
      const request = await host.savePullRequest(draft());
      expect(await host.approve(request, 'better')).toBe('own');
      expect(await world.other.approve(request, 'better')).toBe('approved');
      expect(await world.other.approve(request, 'better')).toBe('approved');
      expect(await world.approvals(HEAD)).toBe(1);
    });

    for (const method of ['merge', 'squash'] as const) {
      it(`merges what was judged, once: ${method}`, async () => {
        await pushed(HEAD, { 'a.txt': 'a' });
        const head = await pushed(HEAD, { 'b.txt': 'b' });
        const before = await pushed('main', { 'c.txt': 'meanwhile' });
        const told = await order(head, method);
        const merged = await host.merge(told);
        const main = await onRemote('main');
        expect(merged).toEqual({ outcome: 'merged', commit: main });
        const parents = method === 'merge' ? [before, head] : [before];
        const [, ...found] = (await git(world.team.remote, 'rev-list', '--parents', '-1', 'main')).split(' ');
        expect(found).toEqual(parents);
        expect((await git(world.team.remote, 'log', '-1', '--format=%B', 'main')).trimEnd()).toBe(
          'Add 25 pairs (#1)\n\nBetter than Production.',
        );
        expect(await git(world.team.remote, 'show', 'main:b.txt')).toBe('b');
        expect(await host.merge(told)).toEqual(merged);
        expect(await onRemote('main')).toBe(main);
        expect(await host.savePullRequest(draft({ title: 'too late' }))).toMatchObject({ state: 'merged' });
      });
    }

    it('merges nothing but what was judged', async () => {
      const judged = await pushed(HEAD, { 'a.txt': 'a' });
      const told = await order(judged);
      await pushed(HEAD, { 'b.txt': 'not judged' });
      const main = await onRemote('main');
      await expect(host.merge(told)).rejects.toMatchObject({ kind: 'host/head-moved', code: 6 });
      expect(await onRemote('main')).toBe(main);
    });

    it('refuses what does not fit', async () => {
      const head = await pushed(HEAD, { 'a.txt': 'ours' });
      await pushed('main', { 'a.txt': 'theirs' });
      const told = await order(head);
      expect(await host.findPullRequest(HEAD)).toMatchObject({ mergeable: false });
      await expect(host.merge(told)).rejects.toMatchObject({ kind: 'host/conflict', code: 6 });
    });

    it('calls a pull request closed whose branch is gone', async () => {
      await pushed(HEAD, { 'a.txt': 'a' });
      await host.savePullRequest(draft());
      await git(world.team.clone, 'push', '--quiet', '--no-verify', 'origin', `:${HEAD}`);
      expect(await host.findPullRequest(HEAD)).toMatchObject({ state: 'closed' });
    });

    it('takes what others wrote as data', async () => {
      const branch = `data/$(touch-owned)"'\`x\`;&|<b>`;
      await pushed(branch, { [`a ${HOSTILE.replaceAll('/', '')}\n`]: 'a' });
      const title = HOSTILE;
      const body = `${HOSTILE}\n\n<script>`;
      await host.savePullRequest(draft({ head: branch, title, body }));
      expect(await host.findPullRequest(branch)).toMatchObject({ title, body, head: { branch } });
      expect(await git(world.team.clone, 'status', '--porcelain')).toBe('');
    });
  });
}
