import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { readVerdict, verdictPath, writeVerdict } from '../../src/model/verdict-file.js';
import { makeDirectory } from '../support/scratch.js';
import { CANDIDATE_MD5, verdict } from '../support/verdicts.js';

it('reads what was written, and the last one counts', async () => {
  const commonDir = makeDirectory();
  expect(await readVerdict(commonDir, CANDIDATE_MD5)).toBeNull();
  await writeVerdict(commonDir, CANDIDATE_MD5, verdict());
  const last = verdict({
    decision: 'undecided',
    candidate: null,
    baseline: null,
    comparison: null,
    testSplit: null,
  });
  await writeVerdict(commonDir, CANDIDATE_MD5, last);
  expect(await readVerdict(commonDir, CANDIDATE_MD5)).toEqual(last);
  expect(readdirSync(dirname(verdictPath(commonDir, CANDIDATE_MD5)))).toEqual([`${CANDIDATE_MD5}.json`]);
});

it.each([
  ['half a file', '{"decision": "bet'],
  ['another decision', JSON.stringify(verdict({ decision: 'great' as 'better' }))],
  [
    'a score of 7',
    JSON.stringify(verdict({ baseline: { ...verdict().baseline!, scores: { dice: 7, iou: 0 } } })),
  ],
  ['NaN, which JSON writes as null', JSON.stringify({ ...verdict(), images: Number.NaN })],
])('never passes on %s', async (_what, text) => {
  const commonDir = makeDirectory();
  const file = verdictPath(commonDir, CANDIDATE_MD5);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  const error = await readVerdict(commonDir, CANDIDATE_MD5).catch((e) => e);
  expect(error).toMatchObject({ kind: 'gate/verdict-unreadable', code: 11 });
  expect(error.message).toContain(file);
  expect(error.why).toBeTruthy();
});
