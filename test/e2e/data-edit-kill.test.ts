import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/seeded-random.pure.js';
import { lastOutcome, teamTemplate } from '../support/bad-push.js';
import { cloneState, filesBelow } from '../support/clone-state.js';
import { commitDataset, datasetAt, pairsOf, together } from '../support/dataset-commits.js';
import { afterPushing, afterStored, afterTime, leftovers, type Moment } from '../support/kill-moments.js';
import { keepServerAlive, wmsAndKill } from '../support/killed-push.js';
import { branchInMessage, onlyDataBranch } from '../support/remote-view.js';
import { git } from '../support/scratch.js';
import { wms } from '../support/team.js';

const KILLS = 12;
const FIRST = pairsOf(['a', 'b', 'c']);

const copyTeam = teamTemplate(async (team) => {
  await keepServerAlive(team.clone);
  await commitDataset(team, team.clone, FIRST, 'first');
  await commitDataset(team, team.clone, pairsOf(['a', 'd']), 'now');
  await git(team.clone, 'push', '--quiet', '--no-verify');
});

function drawMoment(random: () => number, duration: number): Moment {
  const kind = random();
  if (kind < 0.4) return afterTime(random() * duration);
  return kind < 0.7 ? afterStored(1 + Math.floor(random() * 2)) : afterPushing(random() * 60);
}

describe('killed with SIGKILL at any moment, and run again, an edit of the dataset ends the same', () => {
  test.each([
    ['rm', ['data', 'rm', 'd', '--yes'], pairsOf(['a'])],
    ['restore', ['data', 'restore', 'HEAD~1', 'b', 'c'], together(FIRST, pairsOf(['d']))],
  ])(
    `%s, ${KILLS} kills`,
    async (_, args, wanted) => {
      const reference = await copyTeam();
      const start = performance.now();
      expect((await wms(reference.clone, args)).exitCode).toBe(0);
      const duration = performance.now() - start;
      const random = seededRandom(3);
      let killed = 0;
      for (let tries = 0; killed < KILLS; tries += 1) {
        expect(tries, 'edits that ended before they could be killed').toBeLessThan(3 * KILLS);
        const team = await copyTeam();
        const before = { clone: await cloneState(team.clone), store: filesBelow(team.store) };
        const main = await git(team.remote, 'rev-parse', 'main');
        const moment = drawMoment(random, duration);
        const hit = await wmsAndKill(team.clone, args, moment.start(team.clone));
        if (hit) killed += 1;
        const { exitCode, stderr } = await wms(team.clone, args);
        const context = `${hit ? 'killed' : 'not killed'} ${moment.name}\n${stderr}`;
        expect(exitCode, context).toBe(0);
        expect(stderr, context).toMatch(/^Published/m);
        expect(lastOutcome(team.clone).outcome, context).toMatch(/^published/);
        const branch = await onlyDataBranch(team);
        expect(await datasetAt(team, team.remote, branch), context).toEqual(wanted);
        expect(await branchInMessage(team, branch)).toBe(branch);
        expect(await git(team.remote, 'rev-parse', `${branch}^`), context).toBe(main);
        expect(await git(team.remote, 'rev-parse', 'main'), context).toBe(main);
        expect(await cloneState(team.clone), context).toEqual(before.clone);
        expect(filesBelow(team.store)).toMatchObject(before.store);
        expect(leftovers(team.clone), context).toEqual([]);
      }
    },
    600_000,
  );
});
