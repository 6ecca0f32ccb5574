import { expect, test } from 'vitest';
import { openGitRepository } from '../../src/adapters/git/repository.js';
import { commitFiles, git, isolatedEnv, makeRepository } from '../support/scratch.js';

test('stopped while Git reads, it ends with the reason, not with a failure of Git', async () => {
  const path = await makeRepository();
  await commitFiles(path, { 'big.bin': Buffer.alloc(4_000_000, 7) });
  const oid = await git(path, 'rev-parse', 'HEAD:big.bin');
  const repository = await openGitRepository({ cwd: path, env: isolatedEnv() });
  const stop = new AbortController();
  const reason = new Error('another step has failed');
  const next = repository.readObjects([oid, oid], stop.signal)[Symbol.asyncIterator]().next();
  stop.abort(reason);
  await expect(next).rejects.toBe(reason);
});

test('files are read by commit and path, in order, also what is not there', async () => {
  const path = await makeRepository();
  const commit = await commitFiles(path, { 'my data/été.dvc': 'one\n', empty: '', 'missing missing': 'two' });
  const repository = await openGitRepository({ cwd: path, env: isolatedEnv() });
  const names = ['my data/été.dvc', 'nope', 'my data', 'empty', 'a missing', 'missing missing'];
  const wanted = [
    ...names.map((name) => ({ commit, path: name })),
    { commit: 'd'.repeat(40), path: 'empty' },
    { commit, path: 'empty' },
  ];
  const texts = [];
  for await (const bytes of repository.readFiles(wanted)) texts.push(bytes?.toString() ?? null);
  expect(texts).toEqual(['one\n', null, null, '', null, 'two', null, '']);
});

test.each(['goes away', 'is stopped'])(
  'a reader who %s in the middle leaves nothing waiting',
  async (how) => {
    const path = await makeRepository();
    await commitFiles(path, { 'small.bin': 'small', 'big.bin': Buffer.alloc(4_000_000, 7) });
    const oids = await Promise.all(
      ['small', 'big'].map((name) => git(path, 'rev-parse', `HEAD:${name}.bin`)),
    );
    const repository = await openGitRepository({ cwd: path, env: isolatedEnv() });
    const stop = new AbortController();
    const seen: number[] = [];
    const reading = (async () => {
      for await (const { bytes } of repository.readObjects(oids, stop.signal)) {
        seen.push(bytes.length);
        if (how === 'goes away') return 'gone';
        stop.abort(new Error('stopped'));
      }
      return 'read all';
    })();
    expect(await reading.catch((error: Error) => error.message)).toBe(
      how === 'goes away' ? 'gone' : 'stopped',
    );
    expect(seen).toEqual([5]);
  },
);
