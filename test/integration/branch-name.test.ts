import { beforeAll, expect, test } from 'vitest';
import { isBranchName } from '../../src/config/branch-name.pure.js';
import { makeDirectory, tryGit } from '../support/scratch.js';

let directory: string;
beforeAll(() => {
  directory = makeDirectory({ keep: true });
});

test.for([
  'main',
  'data/20261121-101500',
  'a@b',
  'a.b',
  'größe',
  'a/b.c/d',
  'HEADS',
  'a-',
  '@',
  '@@',
  'HEAD',
  '-a',
  'a/-b',
  '.a',
  'a/.b',
  'a.',
  'a./b',
  'a..b',
  'a@{b',
  'a.lock',
  'a.lock/b',
  'a.locks',
  '/a',
  'a/',
  'a//b',
  'a b',
  'a~',
  'a^b',
  'a:b',
  'a?',
  'a*',
  'a[b',
  'a]b',
  'a\\b',
  'a\tb',
  'a\x7fb',
  'a\nb',
])('%j is a branch name exactly where Git says so', async (name) => {
  const { exitCode } = await tryGit(directory, ['check-ref-format', '--branch', name]);
  expect(isBranchName(name)).toBe(exitCode === 0);
});
