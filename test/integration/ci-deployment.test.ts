import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { finishBranch } from '../../src/ci/finish.js';
import { findTarget } from '../../src/ci/target.js';
import type { CiTools } from '../../src/ci/tools.js';
import { openCiRepository, openCiTools, requireConfig } from '../../src/compose.js';
import { ci, makeCiTeam, meters, publish } from '../support/ci-team.js';
import { git } from '../support/scratch.js';
import { silentReporter } from '../support/silent-reporter.js';
import type { Team } from '../support/team.js';

let team: Team;
let branch: string;
let tools: CiTools;

beforeAll(async () => {
  team = await makeCiTeam({}, { keep: true });
  branch = await publish(team, team.clone, await meters(1, 25));
  const machine = team.clone;
  await git(machine, 'fetch', '--quiet');
  await git(machine, 'switch', '--quiet', branch);
  for (const job of ['train', 'decide']) {
    const ran = await ci(machine, job);
    if (ran.exitCode !== 0) throw new Error(ran.stderr);
  }
  const repository = await openCiRepository(machine);
  tools = await openCiTools(repository, await requireConfig(repository), silentReporter());
}, 240_000);

const answered = async (post: CiTools['post']) => {
  const refs = await git(team.remote, 'for-each-ref', 'refs/heads');
  const error = await finishBranch({ ...tools, post }, await findTarget(tools, branch), null).catch(
    (thrown: unknown) => thrown,
  );
  expect(await git(team.remote, 'for-each-ref', 'refs/heads')).toBe(refs);
  return error;
};

test('a model that does not answer as a server is neither promoted nor merged', async () => {
  expect(await answered(async () => ({ status: 503, body: Buffer.from('busy') }))).toMatchObject({
    kind: 'ci/deployment-failed',
    code: 2,
    why: 'It answered 503: busy',
  });
});

test('nor is one that answers other masks than the gate has judged', async () => {
  const error = await answered(async (request) => {
    const answer = await tools.post(request);
    return { ...answer, body: await sharp(answer.body).negate().toColourspace('b-w').png().toBuffer() };
  });
  expect(error).toMatchObject({
    kind: 'ci/deployment-failed',
    why: expect.stringMatching(/meter_\d+\.jpg is another than .* IoU 0\.\d+/),
  });
});

test('what it answers by itself is right', async () => {
  expect(await finishBranch(tools, await findTarget(tools, branch), null)).toMatchObject({
    outcome: 'merged',
  });
});
