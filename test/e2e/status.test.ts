import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openDirectoryNotes } from '../../src/adapters/directory/notes.js';
import { refsOf } from '../support/clone-state.js';
import { pushAndKill } from '../support/killed-push.js';
import { type MergeWay, mergePullRequest } from '../support/merge-ways.js';
import { pairFiles, picture } from '../support/pictures.js';
import { mergeDataBranch, onlyDataBranch } from '../support/remote-view.js';
import { commitFiles, git, writeFiles } from '../support/scratch.js';
import { joinTeam, makeTeam, push, type Team, wms } from '../support/team.js';
import { teamWithDataset } from '../support/team-with-dataset.js';
import { wantedSession } from '../support/wanted-session.js';

const IMAGE = 'data/training/images/meter_9.png';
const ADD = 'npx wms add data/training/images data/training/masks && git commit -m "New images" && git push';

/** What a person reads, its last line, and the facts. */
async function status(clone: string, env: Record<string, string> = {}) {
  const { exitCode, stdout, stderr } = await wms(clone, ['status', '--json'], env);
  expect(exitCode, stderr).toBe(0);
  const facts = JSON.parse(stdout);
  expect(stderr.split('\n').at(-1)).toBe(`→ ${facts.next}`);
  return { facts, next: facts.next as string, text: stderr };
}

async function published(team: Team, seeds: readonly number[]): Promise<string> {
  await commitFiles(team.clone, await pairFiles(seeds), 'photos');
  const { exitCode, stderr } = await push(team.clone);
  expect(exitCode, stderr).toBe(1);
  return onlyDataBranch(team);
}

test('no dataset yet: says where photos go', async () => {
  const team = await makeTeam();
  const { facts, text, next } = await status(team.clone);
  expect(facts).toMatchObject({ dataset: null, waiting: [], notes: [], remoteSilent: null });
  expect(text).toContain('Dataset       none yet');
  expect(next).toContain('copy images to data/training/images/ and their masks to data/training/masks/');
});

test('a fresh clone is told to pull, and a pulled one that there is nothing to do', async () => {
  const { clone } = await teamWithDataset([1, 2]);
  const fresh = await status(clone);
  expect(fresh.text).toContain('2 pairs · not pulled here');
  expect(fresh.next).toBe('npx wms data pull');
  await wms(clone, ['data', 'pull']);
  const pulled = await status(clone);
  expect(pulled.facts.dataset).toMatchObject({
    pairs: 2,
    files: 4,
    filesHere: 4,
    pulled: { isCurrent: true },
  });
  expect(pulled.facts.cache.objects).toBe(6);
  expect(pulled.text).toContain('New here      nothing');
  expect(pulled.next).toBe('nothing to do');
});

test('new, changed and lonely files are found whether Git shows, ignores or holds them', async () => {
  const { clone } = await teamWithDataset([1, 2]);
  await wms(clone, ['data', 'pull']);
  const relabelled = (await picture(7)).mask;
  await writeFiles(clone, {
    ...(await pairFiles([3])),
    [IMAGE]: (await picture(9)).image,
    'data/training/masks/meter_1.png': relabelled,
    'data/training/images/.DS_Store': 'x',
  });
  // The pull has excluded the directories: Git ignores all of this.
  expect(await git(clone, 'status', '--porcelain')).toBe('');
  const ignored = await status(clone);
  expect(ignored.facts.news.pairs).toEqual({ new: 1, changed: 1 });
  expect(ignored.text).toContain(
    '1 new pair, 1 changed pair, 1 image without mask (meter_9.png) · not committed',
  );
  expect(ignored.next).toBe(`put the mask of meter_9.png into data/training/masks/, then: ${ADD}`);
  await writeFiles(clone, await pairFiles([9]));
  expect((await status(clone)).next).toBe(ADD);

  await wms(clone, ['add', 'data/training']);
  await git(clone, 'commit', '--quiet', '-m', 'photos');
  const committed = await status(clone);
  expect(committed.text).toContain('2 new pairs, 1 changed pair · committed, not published');
  expect(committed.next).toBe('git push');

  await git(clone, 'switch', '--quiet', '--create', 'photos');
  expect((await status(clone)).next).toBe('npx wms publish');
});

test('only directories that have something new are to be added', async () => {
  const { clone } = await teamWithDataset([1]);
  await writeFiles(clone, { 'data/training/masks/meter_1.png': (await picture(7)).mask });
  const { next } = await status(clone);
  expect(next).toBe('npx wms add data/training/masks && git commit -m "New images" && git push');
});

test('what was committed and then deleted or changed in the working tree is told as a push takes it', async () => {
  const { clone } = await teamWithDataset([1]);
  await commitFiles(clone, await pairFiles([3]), 'photos');
  rmSync(join(clone, 'data/training/images/meter_3.png'));
  const deleted = await status(clone);
  expect(deleted.facts.news.pairs).toEqual({ new: 1, changed: 0 });
  expect(deleted.next).toBe('git push');
  await writeFile(join(clone, 'data/training/masks/meter_3.png'), (await picture(8)).mask);
  const changed = await status(clone);
  expect(changed.text).toContain('1 of 3 files not committed');
});

test('published and waiting: for whoever published, and for a teammate', async () => {
  const { team, clone } = await teamWithDataset([1]);
  await git(team.clone, 'fetch', '--quiet');
  await git(team.clone, 'reset', '--quiet', '--keep', 'origin/main');
  const branch = await published(team, [2, 3]);
  const mine = await status(team.clone);
  expect(mine.facts.waiting).toMatchObject([
    { branch, isYours: true, who: 'Ana Test', pairs: { new: 2, replaced: 0, removed: 0, total: 3 } },
  ]);
  expect(mine.text).toContain(`Waiting       ${branch} · 2 new pairs · you, just now`);
  expect(mine.text).toContain('New here      nothing but what waits');
  expect(mine.next).toContain(`merge the pull request of ${branch}`);

  await git(clone, 'config', 'user.email', 'ben@example.com');
  const refs = await refsOf(clone);
  const theirs = await status(clone);
  expect(theirs.text).toContain(`${branch} · 2 new pairs · Ana Test, just now`);
  expect(await refsOf(clone)).toBe(refs);
});

test.each<MergeWay>(['merge', 'squash', 'rebase'])(
  'merged by %s and not synced: sync is next',
  async (way) => {
    const team = await makeTeam();
    const branch = await published(team, [1]);
    const commit = await git(team.remote, 'rev-parse', branch);
    await mergePullRequest(team, branch, way);
    // Somebody forgot to delete it.
    await git(team.remote, 'update-ref', `refs/heads/${branch}`, commit);
    const before = await status(team.clone);
    expect(before.facts.waiting).toEqual([]);
    expect(before.text).toContain('its own commits hold 2 raw files that the dataset has now');
    expect(before.text).toContain(`${branch}, no longer waiting`);
    expect(before.next).toBe('npx wms sync');
    expect((await wms(team.clone, ['sync'])).exitCode).toBe(0);
    const after = await status(team.clone);
    expect(after.facts.behind).toEqual({ behind: 0, ahead: 0 });
    expect(after.next).toBe('nothing to do');
  },
);

test('squashed with its message, a branch is known as merged also when the dataset has moved on', async () => {
  const team = await makeTeam();
  const branch = await published(team, [1]);
  const other = await joinTeam(team);
  await git(other, 'merge', '--quiet', '--squash', `origin/${branch}`);
  await git(other, 'commit', '--quiet', '-m', 'Photos', '-m', `Data-Branch: ${branch}`);
  await commitFiles(other, { 'data/training/images.dvc': await pointerOfNothing() }, 'emptied');
  await git(other, 'push', '--quiet', '--no-verify', 'origin', 'HEAD:main');
  expect((await status(team.clone)).facts.waiting).toEqual([]);
});

async function pointerOfNothing(): Promise<string> {
  const id = 'd751713988987e9331980363e24189ce.dir';
  return `outs:\n- md5: ${id}\n  size: 0\n  nfiles: 0\n  hash: md5\n  path: images\n`;
}

test('files of an older version are no news', async () => {
  const { team, clone } = await teamWithDataset([1, 2]);
  await wms(clone, ['data', 'pull']);
  await git(team.clone, 'fetch', '--quiet');
  await git(team.clone, 'reset', '--quiet', '--hard', 'origin/main');
  await commitFiles(team.clone, { 'data/training/masks/meter_1.png': (await picture(7)).mask }, 'relabel');
  expect((await push(team.clone)).exitCode).toBe(1);
  await mergeDataBranch(team, await onlyDataBranch(team));
  await git(clone, 'pull', '--quiet');
  const { facts, text, next } = await status(clone);
  expect(facts.news).toMatchObject({ files: [], older: 1 });
  expect(facts.dataset.pulled.isCurrent).toBe(false);
  expect(text).toContain('Older         1 file of an earlier version');
  expect(next).toBe('npx wms data pull');
});

test('offline: what was known last, and the rest as ever', async () => {
  const team = await makeTeam();
  const branch = await published(team, [1]);
  await rename(team.remote, `${team.remote}.away`);
  const { facts, text } = await status(team.clone);
  expect(facts.remoteSilent).toContain('does not appear to be a git repository');
  expect(text).toContain('Note          origin could not be asked');
  expect(text).toContain(`Waiting       ${branch}`);
});

test('a remote that never answers is not waited for', async () => {
  const team = await makeTeam();
  await git(team.clone, 'remote', 'set-url', 'origin', 'ssh://nowhere/meters.git');
  const { facts } = await status(team.clone, { GIT_SSH_COMMAND: 'sleep 600; :' });
  expect(facts.remoteSilent).toBe('no answer in 5 seconds');
});

test('without its store, the cache is enough; without both, files are not called new', async () => {
  const { team, clone } = await teamWithDataset([1]);
  await writeFiles(clone, await pairFiles([2]));
  await status(clone);
  await rename(team.store, `${team.store}.away`);
  expect((await status(clone)).facts.news.pairs).toEqual({ new: 1, changed: 0 });
  rmSync(join(clone, '.dvc/cache'), { recursive: true });
  const { facts, text } = await status(clone);
  expect(facts).toMatchObject({ news: null, dataset: null });
  expect(text).toContain('Dataset       could not be read');
  expect(facts.notes[0]).toContain(team.store);
});

test('a failed publish is told with its reason and what to do about it', async () => {
  const team = await makeTeam();
  await commitFiles(team.clone, { [IMAGE]: (await picture(9)).image }, 'photo');
  expect((await push(team.clone)).exitCode).toBe(1);
  const { facts, text, next } = await status(team.clone);
  const { error } = facts.lastPublish.outcome;
  expect(text).toContain(`Last publish  failed just now: ${error.what}`);
  expect(next).toBe(error.next);
  await git(team.clone, 'reset', '--quiet', '--hard', 'HEAD~1');
  expect((await status(team.clone)).next).not.toBe(error.next);
});

test('a publish that was killed goes on with a push', async () => {
  const team = await makeTeam();
  await commitFiles(team.clone, await pairFiles([1, 2, 3]), 'photos');
  const journal = join(team.clone, '.git/wms/journal');
  const hasStored = () => journalText(journal).includes('"stored"');
  expect(await pushAndKill(team.clone, hasStored)).toBe(true);
  const { facts, text, next } = await status(team.clone);
  expect(facts.lastPublish.interrupted.storedObjects).toBeGreaterThan(0);
  expect(text).toContain('Last publish  was interrupted');
  expect(next).toBe('git push   (goes on where it was stopped)');
  expect((await push(team.clone)).exitCode).toBe(1);
  expect((await status(team.clone)).facts.lastPublish.interrupted).toBeNull();
});

function journalText(directory: string): string {
  try {
    return readdirSync(directory)
      .map((name) => readFileSync(join(directory, name), 'utf8'))
      .join('');
  } catch {
    return '';
  }
}

test('a file that was read once is not read again', async () => {
  const { clone } = await teamWithDataset([1]);
  await wms(clone, ['data', 'pull']);
  await writeFiles(clone, { [IMAGE]: (await picture(9)).image });
  // What changed within the last second may change again without a trace.
  await wait(1100);
  await status(clone);
  const [name = ''] = readdirSync(join(clone, '.git/wms/pulled'));
  const record = JSON.parse(readFileSync(join(clone, '.git/wms/pulled', name), 'utf8'));
  expect(Object.keys(record.files).sort()).toEqual([
    'images/meter_1.png',
    'images/meter_9.png',
    'masks/meter_1.png',
  ]);
  expect(record.manifests).toHaveLength(2);
});

test('a session of this computer is told, and one that is closed is not', async () => {
  const team = await makeTeam();
  const notes = openDirectoryNotes({ path: join(team.clone, '.git/wms/local') });
  const deadline = new Date(Date.now() + 3_600_000).toISOString();
  const session = { version: 1, state: 'open', ...wantedSession('here'), engine: 'local', deadline };
  const write = (change: object) =>
    notes.write('cloud/session', Buffer.from(JSON.stringify({ ...session, openedAt: deadline, ...change })));
  await write({});
  const open = await status(team.clone);
  expect(open.facts.sessions).toMatchObject([{ id: 'here', openedBy: 'ana', deadline, costSoFar: 0 }]);
  expect(open.text).toMatch(/Session +here · opened by ana · until/);
  await write({ state: 'closed' });
  expect((await status(team.clone)).facts.sessions).toEqual([]);
});
