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
