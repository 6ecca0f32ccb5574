import { readFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openGitRepository } from '../../src/adapters/git/repository.js';
import { isWmsError, type WmsError } from '../../src/errors.js';
import { type Registry, UNTOLD } from '../../src/ports/registry.js';
import { cloneState } from '../support/clone-state.js';
import { gitRegistryOf } from '../support/git-registry.js';
import { md5Of, onRemote, promoteModel, refuseOnRemote } from '../support/promoted-models.js';
import { commitFiles, git, isolatedEnv } from '../support/scratch.js';
import { joinTeam, makeTeam, type Team } from '../support/team.js';

let team: Team;
let registry: Registry;
beforeEach(async () => {
  team = await makeTeam();
  registry = await gitRegistryOf(team, team.clone);
});

const MODEL = 'models/production.onnx';

async function pushed(files: Record<string, string>): Promise<void> {
  await commitFiles(team.clone, files);
  await git(team.clone, 'push', '--quiet', '--no-verify');
}

async function failureOf(promise: Promise<unknown>): Promise<WmsError> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (isWmsError(error)) return error;
  throw new Error(`a WmsError was expected, not ${error}`);
}

const promotionOf = (version: string, expected: string | null) => ({
  version,
  expected,
  who: 'Ana',
  reason: 'better',
  at: '2026-11-21T10:15:00.000Z',
  files: new Map<string, string>(),
});

test('a promotion is one commit with everything that tells about it, and touches nothing here', async () => {
  const before = await git(team.remote, 'rev-parse', 'main');
  const { version } = await registry.register({ model: Buffer.from('one'), facts: '{"n": 1}\n' }, UNTOLD);
  const clone = await cloneState(team.clone);
  await registry.promote({
    ...promotionOf(version, null),
    files: new Map([['model-metadata.json', '{"model_version": "1"}\n']]),
  });
  expect(await cloneState(team.clone)).toEqual(clone);
  expect(await git(team.remote, 'rev-list', '--parents', '-1', 'main')).toMatch(new RegExp(` ${before}$`));
  expect((await git(team.remote, 'diff', '--name-only', before, 'main')).split('\n')).toEqual([
    'model-metadata.json',
    'models/.gitignore',
    'models/model.json',
    'models/production.onnx.dvc',
    'models/registry.json',
  ]);
  expect(await onRemote(team, `${MODEL}.dvc`)).toBe(
    `outs:\n- md5: ${md5Of('one')}\n  size: 3\n  hash: md5\n  path: production.onnx\n`,
  );
  expect(await onRemote(team, 'models/model.json')).toBe('{"n": 1}\n');
  expect(await onRemote(team, 'models/.gitignore')).toBe('/production.onnx\n');
  expect(await git(team.remote, 'log', '-1', '--format=%an %ad%n%B', '--date=iso', 'main')).toBe(
    'Ana Test 2026-11-21 10:15:00 +0000\nmodel: version 1 is Production\n\nbetter\n\nIt is the first one.\n',
  );
});

test('registry.json reads as what happened, and a promotion adds to it only', async () => {
  await promoteModel(registry, 'one');
  const first = await onRemote(team, 'models/registry.json');
  await promoteModel(registry, 'two');
  const second = JSON.parse(await onRemote(team, 'models/registry.json'));
  expect(JSON.parse(first)).toEqual({
    versions: [second.versions[0]],
    promotions: [second.promotions[0]],
  });
  expect(first).toBe(`${JSON.stringify(JSON.parse(first), null, 2)}\n`);
  expect(Object.keys(second.versions[0]).slice(0, 4)).toEqual(['version', 'model', 'size', 'facts']);
  const diff = await git(team.remote, 'diff', 'main~1', 'main', '--', 'models/registry.json');
  expect(diff.split('\n').filter((line) => /^-[^-]/.test(line))).toEqual([]);
});

describe('a model that was there before the registry', () => {
  test('as a file in Git', async () => {
    await pushed({ [MODEL]: 'by hand', 'models/model.json': '{"by": "hand"}\n' });
    const found = await registry.production();
    expect(found).toEqual({
      ...UNTOLD,
      version: `unregistered-${md5Of('by hand').slice(0, 10)}`,
      model: md5Of('by hand'),
      createdAt: expect.any(String),
    });
    const version = found?.version ?? '';
    expect(await registry.versions()).toEqual([found]);
    expect((await registry.load(version)).model.toString()).toBe('by hand');

    expect((await failureOf(registry.promote(promotionOf('1', null)))).kind).toBe('registry/no-such-version');
    const { version: first } = await registry.register({ model: Buffer.from('one'), facts: null }, UNTOLD);
    expect((await failureOf(registry.promote(promotionOf(first, null)))).kind).toBe('registry/changed');
    await registry.promote(promotionOf(first, version));
    expect(await git(team.remote, 'ls-tree', '--name-only', 'main', 'models/')).toBe(
      'models/.gitignore\nmodels/production.onnx.dvc\nmodels/registry.json',
    );

    await registry.promote(promotionOf(version, first));
    expect(await registry.production()).toEqual(found);
    expect(await registry.load(version)).toEqual({
      model: Buffer.from('by hand'),
      facts: '{"by": "hand"}\n',
    });
    expect(await onRemote(team, 'models/model.json')).toBe('{"by": "hand"}\n');
  });

  test('as a pointer, whose other contents stay', async () => {
    const pointer = (id: string, size: string) =>
      `# the model\nouts:\n- md5: ${id}\n${size}  hash: md5\n  path: production.onnx\ndesc: ours\n`;
    await pushed({ [`${MODEL}.dvc`]: pointer(md5Of('by hand'), '') });
    const { version } = (await registry.production()) ?? { version: '' };
    expect(version).toBe(`unregistered-${md5Of('by hand').slice(0, 10)}`);
    await promoteModel(registry, 'one');
    expect(await onRemote(team, `${MODEL}.dvc`)).toContain('# the model\nouts:\n');
    expect(await onRemote(team, `${MODEL}.dvc`)).toMatch(/desc: ours\n$/);
    expect((await registry.promotions())[0]).toMatchObject({ version: '1', replaced: version });
  });

  test('has its version already when its bytes are registered', async () => {
    await pushed({ [MODEL]: 'by hand' });
    const found = await registry.production();
    expect(await registry.register({ model: Buffer.from('by hand'), facts: null }, UNTOLD)).toEqual(found);
  });

  test('that took the place of a registered one is Production, not the registered one', async () => {
    await promoteModel(registry, 'one');
    await git(team.clone, 'pull', '--quiet');
    const text = readFileSync(join(team.clone, `${MODEL}.dvc`), 'utf8');
    await pushed({ [`${MODEL}.dvc`]: text.replace(md5Of('one'), md5Of('sneaked in')) });
    expect(await registry.production()).toMatchObject({ model: md5Of('sneaked in'), scores: null });
    expect((await failureOf(registry.promote(promotionOf('1', '1')))).kind).toBe('registry/changed');
  });
});

test('the settings of the protected branch say where the model is, not those of the working tree', async () => {
  await pushed({ 'wms.config.json': '{ "model": { "path": "net/best.onnx" } }\n', 'net/best.onnx': 'x' });
  expect(await registry.production()).toMatchObject({ model: md5Of('x') });
});

describe('what cannot be read is never "no Production model"', () => {
  const CASES: [string, Record<string, string>, RegExp][] = [
    ['no JSON', { 'models/registry.json': '<<<<<<< HEAD\n' }, /registry\.json of origin\/main/],
    ['another shape', { 'models/registry.json': '{"versions": []}\n' }, /promotions/],
    [
      'a promotion of nothing',
      {
        'models/registry.json': JSON.stringify({
          versions: [],
          promotions: [{ version: '3', replaced: null, at: '2026-11-21T10:15:00Z', who: 'a', reason: 'b' }],
        }),
      },
      /names 3, which is not among the versions/,
    ],
    ['a pointer that is none', { [`${MODEL}.dvc`]: 'outs: []\n' }, /names no output/],
    [
      'a pointer to a directory',
      { [`${MODEL}.dvc`]: `outs:\n- md5: ${'a'.repeat(32)}.dir\n  hash: md5\n  path: production.onnx\n` },
      /names a directory/,
    ],
  ];
  test.each(CASES)('%s', async (_name, files, words) => {
    await pushed(files);
    const before = await git(team.remote, 'rev-parse', 'main');
    for (const ask of [
      () => registry.production(),
      () => registry.versions(),
      () => promoteModel(registry, 'one'),
    ]) {
      const { kind, code, message, why, next } = await failureOf(ask());
      expect({ kind, code }).toEqual({ kind: 'registry/damaged', code: 5 });
      expect(`${message}\n${why}`).toMatch(words);
      expect(next).toMatch(/git log/);
    }
    expect(await git(team.remote, 'rev-parse', 'main')).toBe(before);
  });

  test('a pointer that is gone while registry.json names a version', async () => {
    await promoteModel(registry, 'one');
    await git(team.clone, 'pull', '--quiet');
    await git(team.clone, 'rm', '--quiet', `${MODEL}.dvc`);
    await pushed({});
    const { kind, why } = await failureOf(registry.production());
    expect(kind).toBe('registry/damaged');
    expect(why).toBe('models/registry.json says that version 1 is Production.');
  });

  test('a remote that does not answer', async () => {
    await rename(team.remote, `${team.remote}.away`);
    const { kind, code, why } = await failureOf(registry.production());
    expect({ kind, code }).toEqual({ kind: 'registry/unreachable', code: 5 });
    expect(why).toContain('does not appear to be a git repository');
    expect((await failureOf(promoteModel(registry, 'one'))).kind).toBe('registry/unreachable');
  });

  test('a remote without the branch', async () => {
    const unpushed = await makeTeam({ pushed: false });
    const { kind, code } = await failureOf((await gitRegistryOf(unpushed, unpushed.clone)).production());
    expect({ kind, code }).toEqual({ kind: 'registry/no-branch', code: 5 });
  });
});

test('of two promotions at once one wins, the other says that Production has changed', async () => {
  await promoteModel(registry, 'one');
  const other = await gitRegistryOf(team, await joinTeam(team));
  const mine = await registry.register({ model: Buffer.from('mine'), facts: null }, UNTOLD);
  const theirs = await other.register({ model: Buffer.from('theirs'), facts: null }, UNTOLD);
  const ended = await Promise.allSettled([
    registry.promote(promotionOf(mine.version, '1')),
    other.promote(promotionOf(theirs.version, '1')),
  ]);
  const [lost, ...more] = ended.filter(({ status }) => status === 'rejected');
  expect(more).toEqual([]);
  expect(lost).toMatchObject({ reason: { kind: 'registry/changed', code: 6 } });
  const winner = ended[0]?.status === 'fulfilled' ? mine : theirs;
  expect(await registry.production()).toEqual(winner);
  expect(await registry.promotions()).toHaveLength(2);
});

test('a branch that moves on meanwhile is no conflict: the promotion goes on top, and nothing of it is lost', async () => {
  await promoteModel(registry, 'one');
  const { version } = await registry.register({ model: Buffer.from('two'), facts: null }, UNTOLD);
  // The remote's own rule commits something between the question where the branch is and the push, twice.
  await refuseOnRemote(
    team,
    `[ -e "$GIT_DIR/moved-2" ] && continue
     [ -e "$GIT_DIR/moved-1" ] && n=2 || n=1
     touch "$GIT_DIR/moved-$n"
     unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
     commit=$(git commit-tree -p main -m "code $n" "main^{tree}")
     git update-ref refs/heads/main "$commit"`,
  );
  await registry.promote(promotionOf(version, '1'));
  expect(await git(team.remote, 'log', '--format=%s', 'main')).toBe(
    ['model: version 2 is Production', 'code 2', 'code 1', 'model: version 1 is Production', 'set up'].join(
      '\n',
    ),
  );
});

test('a branch that never stands still ends in an error that says so', async () => {
  const { version } = await registry.register({ model: Buffer.from('one'), facts: null }, UNTOLD);
  await refuseOnRemote(
    team,
    `unset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
     git update-ref refs/heads/main "$(git commit-tree -p main -m more "main^{tree}")"`,
  );
  const { kind, code } = await failureOf(registry.promote(promotionOf(version, null)));
  expect({ kind, code }).toEqual({ kind: 'registry/busy', code: 6 });
  expect(await registry.production()).toBeNull();
});

test('a protected branch: the error holds the commit for a pull request, which promotes when it is merged', async () => {
  const { version } = await registry.register({ model: Buffer.from('one'), facts: null }, UNTOLD);
  await refuseOnRemote(team, '[ "$ref" = refs/heads/main ] && { echo "GH006: protected"; exit 1; }');
  const error = await failureOf(registry.promote(promotionOf(version, null)));
  expect(error).toMatchObject({ kind: 'registry/refused', code: 4 });
  expect(error.why).toContain('GH006: protected');
  expect(await registry.production()).toBeNull();
  const command = /git push (origin) (\S+)$/.exec(error.next ?? '');
  await git(team.clone, 'push', '--quiet', command?.[1] ?? '', command?.[2] ?? '');
  await git(team.remote, 'update-ref', 'refs/heads/main', 'refs/heads/model/version-1');
  expect(await registry.production()).toMatchObject({ version: '1', model: md5Of('one') });
});

test('a model that the store lost cannot become Production', async () => {
  const { version, model } = await registry.register({ model: Buffer.from('one'), facts: null }, UNTOLD);
  const object = join(team.store, 'files/md5', (model ?? '').slice(0, 2), (model ?? '').slice(2));
  await rename(object, `${object}.away`);
  const { kind, code } = await failureOf(registry.promote(promotionOf(version, null)));
  expect({ kind, code }).toEqual({ kind: 'registry/model-missing', code: 5 });
  expect(await registry.production()).toBeNull();
});

test('a version ref that somebody made by hand is named', async () => {
  await git(team.clone, 'push', '--quiet', '--no-verify', 'origin', 'HEAD:refs/wms/models/1');
  const { kind, message, next } = await failureOf(registry.versions());
  expect(kind).toBe('registry/damaged');
  expect(message).toContain('refs/wms/models/1');
  expect(next).toContain('git push origin :refs/wms/models/1');
  expect(await registry.production()).toBeNull();
});

test('no push forgets a commit that is on the remote', async () => {
  const repository = await openGitRepository({ cwd: team.clone, env: isolatedEnv() });
  const main = await git(team.clone, 'rev-parse', 'main');
  const unrelated = await git(team.clone, 'commit-tree', '-m', 'unrelated', 'main^{tree}');
  await expect(repository.pushRef('origin', unrelated, 'refs/heads/main', main)).rejects.toThrow(
    'merge-base',
  );
  expect(await git(team.remote, 'rev-parse', 'main')).toBe(main);
});
