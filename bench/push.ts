import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { commit, commitAll, makeClone, setUp } from './support/clone.js';
import { inTurn, type Variant } from './support/rounds.js';
import { heading, printTimes } from './support/table.js';
import { installPackage, Workspace } from './support/workspace.js';

const ROUNDS = 60;
const WARM_UP = 4;
const HUSKY = resolve(import.meta.dirname, '../node_modules/husky');

async function makeVariants(workspace: Workspace): Promise<Variant[]> {
  const bare = await makeClone(workspace, 'no-hook');
  const husky = await makeClone(workspace, 'husky');
  await mkdir(join(husky, 'node_modules'));
  await symlink(HUSKY, join(husky, 'node_modules/husky'));
  await workspace.must(husky, ['node', 'node_modules/husky/bin.js']);
  await writeFile(join(husky, '.husky/pre-push'), ':\n');
  const ours = await makeClone(workspace, 'wms');
  const branch = await makeClone(workspace, 'wms-branch');
  const directory = await installPackage(workspace);
  for (const clone of [ours, branch]) await setUp(workspace, clone, directory);
  for (const clone of [bare, husky, ours, branch]) await commitAll(workspace, clone, ['.']);
  // One commit that changes one file outside the dataset.
  const variant = (label: string, clone: string, refspec = 'main') => ({
    label,
    run: async (round: number) => {
      await commit(workspace, clone, { 'train.py': `print(${round})\n` });
      return (await workspace.must(clone, ['git', 'push', '--quiet', 'origin', refspec])).milliseconds;
    },
  });
  return [
    variant('no hook', bare),
    variant('husky', husky),
    variant('husky + wms, main', ours),
    variant('husky + wms, other branch', branch, 'HEAD:refs/heads/feature'),
  ];
}

heading(
  'A push without dataset files',
  'One commit to a local bare repository. `husky` has a hook of `:`. Target: at most 1.3 × husky.',
);
await Workspace.during(async (workspace) => {
  printTimes(await inTurn(await makeVariants(workspace), ROUNDS, WARM_UP), 'husky');
});
