import { rm as rmFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { parsePointer } from '../../src/dataset/pointer.js';
import { objectKey } from '../../src/ports/object-store.js';
import { filesBelow } from '../support/clone-state.js';
import { commitDataset, type Dataset, datasetAt, pairsOf, together } from '../support/dataset-commits.js';
import { md5Of } from '../support/manifests.js';
import { objectFile, pointersAt } from '../support/pairs-at.js';
import { onlyDataBranch } from '../support/remote-view.js';
import { startS3Server } from '../support/s3-server.js';
import { commitFiles, git } from '../support/scratch.js';
import { commitVersion, s3DvcConfig, s3Key, s3Shelf, smallPairs } from '../support/stored-dataset.js';
import { dataBranches, joinTeam, makeTeam, type Team, wms } from '../support/team.js';

/** Beside objects, a store holds notes about who counts on which of them. */
const isObject = (key: string) => key.includes('/files/md5/');
const restore = (clone: string, ...args: string[]) => wms(clone, ['data', 'restore', ...args]);

describe('with a directory store', () => {
  const FIRST = pairsOf(['a', 'b', 'may/c']);
  /** b has another photo and another mask, may/c is gone, d is new. */
  const NOW: Dataset = together(pairsOf(['a', 'd']), {
    images: { 'b.png': 'another photo' },
    masks: { 'b.png': 'another mask' },
  });
  let team: Team;
  let clone: string;
  let first: string;

  beforeEach(async () => {
    team = await makeTeam();
    first = await commitDataset(team, team.clone, FIRST, 'first');
    await commitDataset(team, team.clone, NOW, 'now');
    await git(team.clone, 'push', '--quiet', '--no-verify');
    clone = await joinTeam(team);
  });

  const published = async () => datasetAt(team, team.remote, await onlyDataBranch(team));

  test('without names the dataset becomes that version, to the byte of its pointers', async () => {
    const unasked = await restore(clone, first);
    expect([unasked.exitCode, await dataBranches(team)]).toEqual([2, []]);
    expect(unasked.stderr).toContain('A pair would leave the dataset');
    const { exitCode, stderr } = await restore(clone, first, '--yes', '--message', 'May was right');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Existing: 3, New: 1, Replaced: 1, Removed: 1, Total: 3');
    expect(stderr).toContain('manifests only; 4 objects found in the store');
    expect(stderr).toMatch(/ {2}Undo .* npx wms data restore [0-9a-f]{12}$/m);
    expect(await published()).toEqual(FIRST);
    const branch = await onlyDataBranch(team);
    expect(await pointersAt(team, branch)).toEqual(await pointersAt(team, first));
    expect(await git(team.remote, 'log', '-1', '--format=%B', branch)).toContain(
      `\n\nMay was right\n\nRestored from ${first}.\n\nExisting: 3`,
    );
  });

  test('by name these pairs come back, whole and unasked, and no other one changes', async () => {
    const { exitCode, stderr } = await restore(clone, 'main~1', 'b', 'may/*');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Existing: 3, New: 1, Replaced: 1, Total: 4');
    expect(await published()).toEqual(together(FIRST, pairsOf(['d'])));
  });

  test('a pair that has another extension now is not there twice', async () => {
    const renamed = together(pairsOf(['a']), { images: { 'b.jpg': 'photo' }, masks: { 'b.png': 'mask' } });
    await commitDataset(team, team.clone, renamed, 'renamed');
    await git(team.clone, 'push', '--quiet', '--no-verify');
    const { stderr } = await restore(clone, first, 'b');
    expect(stderr).toContain('Existing: 2, New: 0, Replaced: 1, Total: 2');
    expect(await published()).toEqual(pairsOf(['a', 'b']));
  });

  test('a dataset whose pointers were deleted on the remote comes back', async () => {
    await git(team.clone, 'rm', '--quiet', 'data/training/images.dvc', 'data/training/masks.dvc');
    await git(team.clone, 'commit', '--quiet', '-m', 'oh');
    await git(team.clone, 'push', '--quiet', '--no-verify');
    const removal = await wms(clone, ['data', 'rm', 'a', '--yes']);
    expect([removal.exitCode, removal.stderr]).toEqual([2, expect.stringContaining('has no dataset')]);
    expect((await restore(clone, first)).stderr).toContain('Existing: 0, New: 3, Replaced: 0, Total: 3');
    expect(await published()).toEqual(FIRST);
  });

  test('what is like that already: nothing to do', async () => {
    for (const args of [['main'], [first, 'a']]) {
      const { exitCode, stdout, stderr } = await restore(clone, ...args, '--json');
      expect([exitCode, JSON.parse(stdout)]).toEqual([0, { outcome: 'nothing-to-do' }]);
      expect(stderr).toContain('Nothing to do: origin/main');
    }
    expect(await dataBranches(team)).toEqual([]);
  });

  test('names are looked up in the version that is named', async () => {
    const { exitCode, stderr } = await restore(clone, first, 'd');
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`No pair of the dataset matches d in ${first}. Nothing was changed.`);
    expect((await restore(clone, 'no-such-revision')).exitCode).toBe(2);
  });

  test('an object that is gone is named before anything is stored, and comes back by repair', async () => {
    const file = objectFile(team, Buffer.from('image of b'));
    await rmFile(file);
    const objects = () => filesBelow(join(team.store, 'files'));
    const before = objects();
    const { exitCode, stderr } = await restore(clone, first, '--yes');
    expect(exitCode).toBe(5);
    expect(stderr).toContain('1 file of that version cannot come back');
    expect(stderr).toContain('\n  data/training/images/b.png\n');
    expect(stderr).toContain(`npx wms data verify ${first.slice(0, 10)} --repair`);
    expect([objects(), await dataBranches(team)]).toEqual([before, []]);

    const holder = await joinTeam(team);
    await commitFiles(holder, { 'data/training/images/b.png': 'image of b' });
    expect((await wms(holder, ['data', 'verify', first, '--repair'])).exitCode).toBe(0);
    expect((await restore(clone, first, '--yes')).exitCode).toBe(0);
    expect(await published()).toEqual(FIRST);
  });

  test('the pairs whose objects are still there can be restored by name', async () => {
    await rmFile(objectFile(team, Buffer.from('image of b')));
    expect((await restore(clone, first, 'may/c.png')).exitCode).toBe(0);
    expect(await published()).toEqual(together(NOW, pairsOf(['may/c'])));
  });

  test.each([
    ['DVC 2', /\n {2}hash: md5/, '', 'pointer', 2, 'was written by DVC 2'],
    ['damage', /outs:/, 'outs', 'pointer', 2, 'cannot be read'],
    ['a manifest that is gone', null, '', 'manifest', 5, 'is not in'],
  ])('%s in that version is told with its name', async (_, pattern, by, thing, code, says) => {
    const path = 'data/training/masks.dvc';
    const text = await git(team.clone, 'show', `${first}:${path}`);
    let revision = first;
    if (pattern !== null) {
      await git(team.clone, 'checkout', '--quiet', first);
      revision = await commitFiles(team.clone, { [path]: text.replace(pattern, by) }, 'old');
      await git(team.clone, 'push', '--quiet', '--no-verify', 'origin', `HEAD:refs/heads/old`);
      await git(clone, 'fetch', '--quiet');
    } else await rmFile(join(team.store, objectKey(parsePointer(text, path).id)));
    const { exitCode, stderr } = await restore(clone, revision, '--yes');
    expect(exitCode).toBe(code);
    expect(stderr).toContain(`✖ The version ${revision} (${revision.slice(0, 10)}) cannot be restored.`);
    expect(stderr).toMatch(new RegExp(`${thing} .*${says}`));
    expect(stderr).toMatch(/^→ ./m);
    expect(await dataBranches(team)).toEqual([]);
  });
});

describe('with S3', () => {
  test('a removal and its restoration cost what the change costs, and every object is asked for before the manifests', async () => {
    const server = await startS3Server();
    onTestFinished(() => server.close());
    const team = await makeTeam({ dvcConfig: s3DvcConfig(server) });
    const version = smallPairs(50);
    const first = await commitVersion(team.clone, s3Shelf(server), version);
    await git(team.clone, 'push', '--quiet', '--no-verify');
    const stored = new Map(server.objects());
    const clone = await joinTeam(team);

    const isPut = ({ operation, key }: (typeof server.log)[number]) =>
      operation === 'PutObject' && isObject(key);
    const puts = () => server.log.filter(isPut);
    server.log.length = 0;
    const removed = await wms(clone, ['data', 'rm', 'meter_7', 'meter_8.png', '--yes']);
    expect(removed.stderr).toContain('Existing: 50, New: 0, Replaced: 0, Removed: 2, Total: 48');
    expect(removed.stderr).toContain('store s3://wms-test/team/dvc');
    expect(puts()).toHaveLength(2);
    const read = server.log.filter(({ operation, key }) => operation === 'GetObject' && stored.has(key));
    const leaving = ['photo meter 7', 'mask meter 7', 'photo meter 8', 'mask meter 8'].map((text) =>
      s3Key(md5Of(text)),
    );
    // Two manifests, each looked for once more before others count on it, and for the sum of bytes what leaves.
    expect(read).toHaveLength(2 + 2 + leaving.length);
    expect(server.count('ListObjectsV2')).toBe(0);
    expect([...stored.keys()].filter((key) => !server.objects().has(key))).toEqual([]);
    const branch = await onlyDataBranch(team);
    await git(team.remote, 'update-ref', 'refs/heads/main', `refs/heads/${branch}`);
    await git(team.remote, 'branch', '-D', branch);

    server.log.length = 0;
    const gone = s3Key(md5Of('photo meter 8'));
    server.objects().delete(gone);
    const refused = await wms(clone, ['data', 'restore', first]);
    expect([refused.exitCode, refused.stderr]).toEqual([5, expect.stringContaining('images/meter_8.jpg')]);
    expect(puts()).toEqual([]);

    server.objects().set(gone, Buffer.from('photo meter 8'));
    server.log.length = 0;
    const restored = await wms(clone, ['data', 'restore', first]);
    expect(restored.stderr).toContain('Existing: 48, New: 2, Replaced: 0, Total: 50');
    expect(await pointersAt(team, await onlyDataBranch(team))).toEqual(await pointersAt(team, first));
    const asked = new Set(server.log.slice(0, server.log.findIndex(isPut)).map(({ key }) => key));
    for (const key of leaving) expect(asked).toContain(key);
  });
});
