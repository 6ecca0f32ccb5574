import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { objectKey } from '../../src/ports/object-store.js';
import { md5Of } from '../support/manifests.js';
import { makeOld, objectsIn } from '../support/old-objects.js';
import { commitFiles, git, makeDirectory, writeFiles } from '../support/scratch.js';
import { commitVersion, directoryShelf, smallPairs } from '../support/stored-dataset.js';
import { joinTeam, makeTeam, type Ran, type Team, wms } from '../support/team.js';

let team: Team;
let clone: string;

beforeEach(async () => {
  team = await makeTeam();
  await commitVersion(team.clone, directoryShelf(team.store), smallPairs(2));
  await git(team.clone, 'push', '--quiet', '--no-verify');
  clone = await joinTeam(team);
});

const gc = (...args: string[]) => wms(clone, ['data', 'gc', ...args]);
const has = (content: string): boolean => existsSync(join(team.store, objectKey(md5Of(content))));
const unused = 'nobody names this';
const layUnused = () => directoryShelf(team.store)(md5Of(unused), Buffer.from(unused));

/** A version with one pair of its own, in `place`; answers what tells whether it is still stored. */
async function versionIn(place: string, name: string): Promise<string> {
  await commitVersion(place, directoryShelf(team.store), smallPairs(1, name));
  return `photo ${name} 0`;
}

/** Puts the branch of a clone back to what the remote has. */
async function forget(place: string): Promise<void> {
  await git(place, 'reset', '--quiet', '--hard', 'origin/main');
}

async function expectUntouched(ran: Ran, { code, says }: { code: number; says: string[] }): Promise<void> {
  expect([ran.exitCode, ran.stderr]).toEqual([code, expect.any(String)]);
  for (const text of says) expect(ran.stderr).toContain(text);
  expect(has(unused)).toBe(true);
}

describe('deletes', () => {
  test('what nothing names any more, after showing it; what is left is a whole dataset', async () => {
    const gone = await versionIn(team.clone, 'gone');
    await git(team.clone, 'push', '--quiet', '--no-verify', 'origin', 'HEAD:refs/heads/data/20260101-000000');
    await git(team.remote, 'branch', '-D', 'data/20260101-000000');
    makeOld(team.store);
    const before = objectsIn(team.store);

    const dry = await gc('--dry-run', '--json');
    expect(dry.exitCode).toBe(0);
    expect(dry.stderr).toContain('To delete  4 objects (1 kB), 2 of them manifests');
    expect(JSON.parse(dry.stdout)).toMatchObject({
      outcome: 'planned',
      unused: { objects: 4, manifests: 2 },
    });
    expect(objectsIn(team.store)).toEqual(before);

    const { exitCode, stdout, stderr } = await gc('--yes', '--json');
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('Deleted 4 objects (1 kB)')]);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'deleted',
      store: team.store,
      deleted: { objects: 4 },
      kept: { named: { objects: 6 }, young: { objects: 0 } },
      failed: [],
    });
    expect([has(gone), has('photo meter 0')]).toEqual([false, true]);
    expect(existsSync(join(team.store, 'wms/cleaning'))).toBe(false);
    expect((await wms(clone, ['data', 'verify', '--deep'])).exitCode).toBe(0);

    const again = await gc('--yes');
    expect(again.stderr).toContain('Nothing to delete');
  });

  test('nothing younger than --older-than, by the clock of the store', async () => {
    await layUnused();
    makeOld(team.store, 29);
    const kept = await gc('--yes');
    expect(kept.stderr).toContain('Nothing to delete');
    expect(has(unused)).toBe(true);
    expect((await gc('--yes', '--older-than', '700h')).exitCode).toBe(0);
    expect(has(unused)).toBe(true);
    expect((await gc('--yes', '--older-than', '28d')).exitCode).toBe(0);
    expect(has(unused)).toBe(false);
  });

  test('no file that is not named as DVC 3 names objects', async () => {
    const foreign = {
      'README.txt': 'x',
      '0a/1b2c3d4e5f60718293a4b5c6d7e8f9': 'DVC 2',
      'files/md5/0a/1b2c3d4e5f60718293a4b5c6d7e8f9.dir.unpacked': 'x',
      'files/md5/0a/notes': 'x',
      'files/md5/0A/1B2C3D4E5F60718293A4B5C6D7E8F9': 'x',
      'files/md5/0a/1b2c3d4e5f60718293a4b5c6d7e8f9/inside': 'x',
      'files/sha256/0a/1b2c3d4e5f60718293a4b5c6d7e8f9': 'x',
      'wms/from-the-future/note': 'x',
    };
    await writeFiles(team.store, foreign);
    await layUnused();
    makeOld(team.store);
    const { stderr, exitCode } = await gc('--yes');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('4 objects (1 kB): not named as DVC names objects');
    expect(has(unused)).toBe(false);
    for (const file of Object.keys(foreign))
      expect([file, existsSync(join(team.store, file))]).toEqual([file, true]);
  });

  test('expired claims, not the ones of this month', async () => {
    const claimed = 'claimed by somebody who was killed';
    await directoryShelf(team.store)(md5Of(claimed), Buffer.from(claimed));
    await layUnused();
    await writeFiles(team.store, { 'wms/claims/old': `{"objects":["${md5Of(unused)}"]}` });
    makeOld(team.store);
    await writeFiles(team.store, { 'wms/claims/new': `{"objects":["${md5Of(claimed)}"]}` });
    expect((await gc('--yes')).exitCode).toBe(0);
    expect([has(unused), has(claimed)]).toEqual([false, true]);
    expect(readdirSync(join(team.store, 'wms/claims'))).toEqual(['new']);
  });
});

describe('keeps', () => {
  const places: [string, (clone: string) => Promise<string>][] = [
    [
      'a data branch that only the remote has',
      async () => {
        const content = await versionIn(team.clone, 'branch');
        await git(
          team.clone,
          'push',
          '--quiet',
          '--no-verify',
          'origin',
          'HEAD:refs/heads/data/20260101-000000',
        );
        return content;
      },
    ],
    [
      'a tag that only the remote has',
      async () => {
        const content = await versionIn(team.clone, 'tag');
        await git(team.clone, 'tag', 'v1');
        await git(team.clone, 'push', '--quiet', '--no-verify', 'origin', 'v1');
        return content;
      },
    ],
    [
      'a pull request',
      async () => {
        const content = await versionIn(team.clone, 'request');
        await git(team.clone, 'push', '--quiet', '--no-verify', 'origin', 'HEAD:refs/pull/7/head');
        return content;
      },
    ],
    [
      'an older version in the history of main',
      async () => {
        const content = await versionIn(team.clone, 'older');
        await commitVersion(team.clone, directoryShelf(team.store), smallPairs(2));
        await git(team.clone, 'push', '--quiet', '--no-verify', 'origin', 'HEAD:main');
        return content;
      },
    ],
    ['a commit that was not pushed', (here) => versionIn(here, 'local')],
    [
      'a commit that only a reflog names',
      async (here) => {
        const content = await versionIn(here, 'reflog');
        await forget(here);
        return content;
      },
    ],
    [
      'a stash',
      async (here) => {
        const content = await versionIn(here, 'stash');
        await git(here, 'reset', '--quiet', '--soft', 'origin/main');
        await git(here, 'stash', '--quiet');
        await git(here, 'reflog', 'expire', '--expire=now', '--all', '--expire-unreachable=now');
        rmSync(join(here, '.git/ORIG_HEAD'), { force: true });
        return content;
      },
    ],
    [
      'a pointer that is not committed, in another working tree',
      async (here) => {
        const elsewhere = join(makeDirectory(), 'worktree');
        await git(here, 'worktree', 'add', '--quiet', '--detach', elsewhere);
        const content = await versionIn(elsewhere, 'worktree');
        await git(elsewhere, 'reset', '--quiet', '--mixed', 'origin/main');
        await git(here, 'reflog', 'expire', '--expire=now', '--all', '--expire-unreachable=now');
        rmSync(join(here, '.git/worktrees/worktree/ORIG_HEAD'), { force: true });
        return content;
      },
    ],
    [
      'the pointer of a single file',
      async (here) => {
        const content = 'the Production model';
        await directoryShelf(team.store)(md5Of(content), Buffer.from(content));
        const pointer = `outs:\n- md5: ${md5Of(content)}\n  hash: md5\n  path: production.onnx\n`;
        await commitFiles(here, { 'models/production.onnx.dvc': pointer });
        return content;
      },
    ],
    [
      'the lock file of a DVC pipeline',
      async (here) => {
        const content = 'features';
        await directoryShelf(team.store)(md5Of(content), Buffer.from(content));
        const lock = `schema: '2.0'\nstages:\n  prepare:\n    cmd: prepare\n    outs:\n    - path: features\n      hash: md5\n      md5: ${md5Of(content)}\n`;
        await commitFiles(here, { 'pipeline/dvc.lock': lock });
        return content;
      },
    ],
    [
      'a model that is registered, and one that was Production',
      async () => {
        const [registered, former] = ['registered on the remote', 'Production once'];
        for (const content of [registered, former])
          await directoryShelf(team.store)(md5Of(content), Buffer.from(content));
        await commitFiles(team.clone, {
          'models/registry.json': `{"versions":[{"model":"${md5Of(former)}"}]}`,
        });
        await git(team.clone, 'push', '--quiet', '--no-verify', 'origin', 'HEAD:main');
        await commitFiles(team.clone, { 'version.json': `{"model":"${md5Of(registered)}"}` });
        await git(team.clone, 'push', '--quiet', '--no-verify', 'origin', 'HEAD:refs/wms/models/2');
        makeOld(team.store);
        await wms(clone, ['data', 'gc', '--yes']);
        expect(has(former)).toBe(true);
        return registered;
      },
    ],
    [
      'a publish that was killed',
      async (here) => {
        const content = 'stored, and then killed';
        await directoryShelf(team.store)(md5Of(content), Buffer.from(content));
        const lines = [
          '{"base":null,"startedAt":"2026-11-01T00:00:00.000Z"}',
          `{"stored":"${md5Of(content)}"}`,
          '{"sto',
        ];
        await writeFiles(here, { '.git/wms/journal/0123.jsonl': lines.join('\n') });
        return content;
      },
    ],
  ];

  test.each(places)('%s', async (_, make) => {
    const content = await make(clone);
    await layUnused();
    makeOld(team.store);
    const { exitCode, stderr } = await gc('--yes');
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('Deleted 1 object (')]);
    expect(has(unused)).toBe(false);
    expect(has(content)).toBe(true);
  });

  test('objects of another repository that is named, and only then', async () => {
    const other = await makeTeam({
      dvcConfig: `[core]\n    remote = storage\n['remote "storage"']\n    url = ${team.store}\n`,
    });
    const content = await versionIn(other.clone, 'other-repository');
    await layUnused();
    makeOld(team.store);
    const named = await gc('--yes', '--also', other.clone);
    expect([named.exitCode, has(unused), has(content)]).toEqual([0, false, true]);
    expect(named.stderr).toContain(`${other.clone} and origin`);
    const alone = await gc('--dry-run');
    expect(alone.stderr).toContain('To delete  4 objects');
    expect(alone.stderr).toContain('--also PATH');
  });

  test('old objects that a manifest of today names, which no pointer names yet', async () => {
    const content = await versionIn(team.clone, 'pushed by DVC just now');
    await layUnused();
    makeOld(team.store);
    const [manifest] =
      (await git(team.clone, 'show', 'HEAD:data/training/images.dvc')).match(/[0-9a-f]{32}\.dir/) ?? [];
    const file = join(team.store, objectKey(String(manifest)));
    await utimes(file, new Date(), new Date());
    expect((await gc('--yes')).exitCode).toBe(0);
    expect([has(unused), has(content)]).toEqual([false, true]);
  });
});

describe('deletes nothing', () => {
  beforeEach(layUnused);

  test('without a terminal and without --yes', async () => {
    makeOld(team.store);
    await expectUntouched(await gc(), {
      code: 2,
      says: ['To delete  1 object', 'no terminal to ask in', '--yes'],
    });
  });

  test.each(['1h', '23h', '0d', 'soon', '-1d', ''])('with --older-than "%s"', async (age) => {
    makeOld(team.store);
    await expectUntouched(await gc('--yes', '--older-than', age), {
      code: 2,
      says: ['cannot be used', '30d'],
    });
  });

  test('in a shallow or a partial clone', async () => {
    makeOld(team.store);
    await git(team.remote, 'config', 'uploadpack.allowFilter', 'true');
    const url = { ...team, remote: `file://${team.remote}` };
    for (const [flags, says] of [
      [
        ['--depth', '1'],
        ['is a shallow clone', 'git fetch --unshallow'],
      ],
      [['--filter=blob:none'], ['is a partial clone', 'without --filter']],
    ] as const) {
      const place = await joinTeam(url, ...flags);
      await expectUntouched(await wms(place, ['data', 'gc', '--yes']), { code: 2, says: [...says] });
    }
  });

  test('when a remote cannot be reached, or there is none', async () => {
    makeOld(team.store);
    await git(clone, 'remote', 'add', 'old', '/nonexistent/remote.git');
    await expectUntouched(await gc('--yes'), {
      code: 5,
      says: ['remote old cannot be read', 'git remote remove old'],
    });
    await git(clone, 'remote', 'remove', 'old');
    await git(clone, 'remote', 'remove', 'origin');
    await expectUntouched(await gc('--yes'), { code: 2, says: ['has no Git remote'] });
  });

  test('when a manifest is missing or damaged, whoever names it', async () => {
    await versionIn(clone, 'lost');
    const commit = (await git(clone, 'rev-parse', 'HEAD')).slice(0, 10);
    const [id = ''] =
      (await git(clone, 'show', 'HEAD:data/training/masks.dvc')).match(/[0-9a-f]{32}\.dir/) ?? [];
    await forget(clone);
    makeOld(team.store);
    const file = join(team.store, objectKey(id));
    const says = [id, `data/training/masks.dvc in ${commit}`, 'nothing was deleted', 'verify'];
    rmSync(file);
    await expectUntouched(await gc('--yes'), { code: 5, says });
    writeFileSync(file, '[]');
    makeOld(team.store);
    await expectUntouched(await gc('--yes'), { code: 5, says });
  });

  test('when a manifest is missing in the store, but in the cache: then it is known', async () => {
    const content = await versionIn(clone, 'cached');
    const [id = ''] =
      (await git(clone, 'show', 'HEAD:data/training/images.dvc')).match(/[0-9a-f]{32}\.dir/) ?? [];
    const key = objectKey(id);
    await mkdir(join(clone, '.dvc/cache', key, '..'), { recursive: true });
    await copyFile(join(team.store, key), join(clone, '.dvc/cache', key));
    rmSync(join(team.store, key));
    makeOld(team.store);
    expect((await gc('--yes')).exitCode).toBe(0);
    expect([has(unused), has(content)]).toEqual([false, true]);
  });

  test('when a claim cannot be read', async () => {
    makeOld(team.store);
    await writeFiles(team.store, { 'wms/claims/x': '{"objects":' });
    await expectUntouched(await gc('--yes'), { code: 5, says: ['wms/claims/x', 'cannot be read'] });
  });

  test('when a pointer is a link to something else', async () => {
    makeOld(team.store);
    await symlink('pointer.yaml', join(clone, 'images.dvc'));
    await git(clone, 'add', '--all');
    await expectUntouched(await gc('--yes'), {
      code: 2,
      says: ['images.dvc', 'symbolic link to pointer.yaml'],
    });
  });

  test('--also names something that is no repository', async () => {
    makeOld(team.store);
    await expectUntouched(await gc('--yes', '--also', makeDirectory()), {
      code: 2,
      says: ['not inside a Git repository'],
    });
  });
});
