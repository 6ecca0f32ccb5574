import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { teamTemplate } from '../support/bad-push.js';
import { prepareTrainedBranch } from '../support/ci-team.js';
import { killingGit } from '../support/killing-git.js';
import { modelJson } from '../support/model-commands.js';
import { pairsAt } from '../support/pairs-at.js';
import { onRemote } from '../support/promoted-models.js';
import { commitFiles, git } from '../support/scratch.js';
import { joinTeam, type Team, wms } from '../support/team.js';

let branch: string;

/** A data branch whose model is trained and passes the gate, and a `main` that moved meanwhile. */
const ready = teamTemplate(async (team) => {
  branch = await prepareTrainedBranch(team);
  const other = await joinTeam(team);
  await commitFiles(other, { 'notes.txt': 'meanwhile' });
  await git(other, 'push', '--quiet');
});

/** Without dates. */
async function stateOf(team: Team) {
  const { production, promotions } = await modelJson(team.clone, 'history');
  return {
    production,
    promotions: promotions.map(({ version }: { version: string }) => version),
    metadata: { ...JSON.parse(await onRemote(team, 'model-metadata.json')), trained_at: null },
    pairs: await pairsAt(team, 'main'),
    files: await git(team.remote, 'ls-tree', '-r', '--name-only', 'main'),
    subjects: (await git(team.remote, 'log', '--format=%s', 'main')).split('\n').sort(),
    refs: new Set(
      (await git(team.remote, 'for-each-ref', '--format=%(refname)'))
        .split('\n')
        .map((ref) => ref.replace(/[0-9a-f]{40}/, 'C')),
    ),
  };
}

test('finish, killed after any push, and run again elsewhere: one end', async () => {
  const whole = await ready();
  const watching = killingGit(null);
  const { exitCode, stderr } = await wms(whole.clone, ['ci', 'finish'], watching.env);
  expect(exitCode, stderr).toBe(0);
  const expected = await stateOf(whole);
  expect(expected).toMatchObject({ production: '1', promotions: ['1'] });
  expect(expected.pairs).toHaveLength(12);
  expect(expected.refs).not.toContain(`refs/heads/${branch}`);
  const calls = watching.calls();
  const pushes = [...calls.entries()].filter(([, call]) => call.includes(' push '));
  expect(pushes.map(([, call]) => call.replace(/.*:refs/, 'refs').replace(/[0-9a-f]{40}/, 'C'))).toEqual([
    `refs/wms/pr/${branch}`,
    // What main has meanwhile; Production.
    `refs/heads/${branch}`,
    `refs/heads/${branch}`,
    'refs/wms/status/C',
    `refs/wms/pr/${branch}`,
    'refs/heads/main',
    `refs/heads/${branch}`,
  ]);

  for (const [index, call] of pushes) {
    const team = await ready();
    const killed = await wms(team.clone, ['ci', 'finish'], killingGit({ after: index + 1 }).env);
    expect(killed.exitCode, call).not.toBe(0);
    // Beside the other clone: the store's path is relative.
    const elsewhere = join(dirname(team.clone), 'elsewhere');
    await git(team.clone, 'clone', '--quiet', team.remote, elsewhere);
    const ran = await wms(elsewhere, ['ci', 'finish', branch]);
    expect(ran.exitCode, `after ${call}\n${ran.stderr}`).toBe(0);
    expect(await stateOf(team), `killed after ${call}`).toEqual(expected);
  }
}, 480_000);
