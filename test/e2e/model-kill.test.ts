import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { teamTemplate } from '../support/bad-push.js';
import { cloneState } from '../support/clone-state.js';
import { keepVerdict, verdictOn } from '../support/kept-verdicts.js';
import { killingGit } from '../support/killing-git.js';
import { gateAndPromote, modelFile, modelJson } from '../support/model-commands.js';
import { onRemote } from '../support/promoted-models.js';
import { git } from '../support/scratch.js';
import { type Team, wms } from '../support/team.js';

/** One model is Production, and the gate has let another one through. */
const ready = teamTemplate(async (team) => {
  await gateAndPromote(team.clone, 'one', null);
  await keepVerdict(team.clone, verdictOn({ text: 'two' }, { text: 'one' }));
});

/** Without dates: everything that a promotion changes, and what a kill could leave behind. */
async function stateOf(team: Team) {
  const { production, versions, promotions } = await modelJson(team.clone, 'history');
  const temporary = join(team.clone, '.git/wms/tmp');
  return {
    production,
    versions: versions.map(({ version, model }: Record<string, string>) => ({ version, model })),
    promotions: promotions.map(({ version, replaced }: Record<string, string>) => ({ version, replaced })),
    metadata: JSON.parse(await onRemote(team, 'model-metadata.json')),
    pointer: await onRemote(team, 'models/production.onnx.dvc'),
    files: await git(team.remote, 'ls-tree', '-r', '--name-only', 'main'),
    subjects: await git(team.remote, 'log', '--format=%s', 'main'),
    refs: await git(team.remote, 'for-each-ref', '--format=%(refname)'),
    journal: existsSync(join(team.clone, '.git/wms/promotion.json')),
    temporary: existsSync(temporary) ? readdirSync(temporary) : [],
  };
}

test('killed after any call of Git that changes something, and run again: one promotion, complete', async () => {
  const file = await modelFile('two');
  const promoting = ['model', 'promote', file];
  const whole = await ready();
  const watching = killingGit(null);
  const { exitCode, stderr } = await wms(whole.clone, promoting, watching.env);
  expect(exitCode, stderr).toBe(0);
  const expected = await stateOf(whole);
  expect(expected).toMatchObject({ production: '2', journal: false, temporary: [] });
  const calls = watching.calls();
  expect(calls.filter((call) => call.includes(' push '))).toHaveLength(2);

  for (const [index, call] of calls.entries()) {
    const team = await ready();
    const before = await cloneState(team.clone);
    const killed = await wms(team.clone, promoting, killingGit({ after: index + 1 }).env);
    expect(killed.exitCode, call).not.toBe(0);
    const again = await wms(team.clone, promoting);
    expect(again.exitCode, `${call}\n${again.stderr}`).toBe(0);
    expect(await stateOf(team), `killed after ${call}`).toEqual(expected);
    expect(await cloneState(team.clone)).toEqual(before);
  }
});
