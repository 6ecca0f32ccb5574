/** `npm run demo`: a team of two with the packed package, on this machine, with nothing but Git and Node. */
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { drawPhotos } from './demo/photos.js';
import { type Proof, type Push, proveAll, proveMerged, readPublished } from './demo/proofs.js';
import { ask, bold, green, grey, indented, perform, run, say, scene } from './demo/stage.js';
import { introduce, openCi, type Stage, setStage, writeProject } from './demo/team.js';
import { writeTrainer } from './demo/trainer.js';

const FIRST = 8;
const NEW = 2;
/** Number of the first drawing: among these few, one is a test image. */
const START = 12;
const QUIET_NPM = ['--prefer-offline', '--no-audit', '--no-fund'];

try {
  const stage = await setStage(resolve(import.meta.dirname, '..'));
  say(`${bold('wms demo')} · a team of two in ${stage.top}`);
  await anaSetsUp(stage);
  await anaPublishes(stage);
  await benJoins(stage);
  const push = await benPushes(stage);
  await showResult(stage, push);
  await pipelineRuns(stage, push);
  await invite(stage, push);
} catch (error) {
  console.error(`\n✖ The demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function anaSetsUp({ top, ana, remote, tarball }: Stage): Promise<void> {
  scene('Ana sets a repository up');
  await ask(top, ['git', 'clone', '--quiet', remote, ana]);
  await introduce(ana, 'Ana');
  await writeProject(ana);
  const install = ['npm', 'install', '--save-dev', `../${tarball}`];
  await run(ana, [...install, ...QUIET_NPM], { as: install.join(' ') });
  const summary = await run(ana, ['npx', 'wms', 'init', '--yes', '--store', '../store']);
  say(indented(summary.replace(/\n\nNext.*/s, '')));
  await writeTrainer(ana);
  say(indented('and a trainer: here a script that knows two models already'));
  await ask(ana, ['git', 'add', '--all']);
  await ask(ana, ['git', 'commit', '--quiet', '-m', 'Set up wms']);
  await run(ana, ['git', 'push', '--quiet'], {
    as: 'git push',
    note: 'no images in it: the hook lets it through',
  });
}

async function anaPublishes(stage: Stage): Promise<void> {
  const { ana } = stage;
  scene(`She publishes a first dataset: ${FIRST} drawn water meters and their masks`);
  await drawPhotos(join(ana, 'data/training'), START, START + FIRST - 1);
  await run(ana, ['git', 'add', 'data']);
  await run(ana, ['git', 'commit', '--quiet', '-m', 'The first meters'], {
    as: 'git commit -m "The first meters"',
  });
  await run(ana, ['git', 'push', '--quiet'], { as: 'git push', exitCode: 1 });
  const { branch } = await readPublished(ana);
  say(indented(`published on ${branch}`));
  await openCi(stage, branch);
  await run(stage.ci, ['npx', 'wms', 'run-pipeline'], { note: 'what the workflow does' });
  say(indented('checked, trained, the first model promoted, merged into main'));
  await run(stage.ana, ['npx', 'wms', 'sync']);
}

async function benJoins({ top, ben, remote }: Stage): Promise<void> {
  scene('Ben joins');
  await run(top, ['git', 'clone', '--quiet', remote, ben], { as: 'git clone remote.git ben' });
  await introduce(ben, 'Ben');
  await run(ben, ['npm', 'ci', ...QUIET_NPM], { as: 'npm ci', note: 'sets the hook up, too' });
}

async function benPushes({ ben, remote }: Stage): Promise<Push> {
  scene(`He has an idea for the training, adds ${NEW} new photos with their masks, and pushes to main`);
  await writeFile(join(ben, 'training/model'), 'better\n');
  await run(ben, ['git', 'commit', '--quiet', '--all', '-m', 'Train longer'], {
    as: 'git commit -am "Train longer"',
  });
  await drawPhotos(join(ben, 'data/training'), START + FIRST, START + FIRST + NEW - 1);
  await run(ben, ['git', 'add', 'data']);
  await run(ben, ['git', 'commit', '--quiet', '-m', 'Two meters in Linden street'], {
    as: 'git commit -m "Two meters in Linden street"',
  });
  const main = await ask(remote, ['git', 'rev-parse', 'main']);
  const head = await ask(ben, ['git', 'rev-parse', 'HEAD']);
  const exitCode = await perform(ben, ['git', 'push']);
  return { exitCode, published: await readPublished(ben), existing: FIRST, added: NEW, main, head };
}

async function showResult(stage: Stage, push: Push): Promise<void> {
  scene('What the remote has now');
  const log = ['git', 'log', '--oneline', '--graph', '--branches', '--decorate'];
  say(indented(await run(stage.remote, log, { as: 'git log --oneline --graph --branches' })));
  const diff = ['git', 'diff', '--unified=0', `main..${push.published.branch}`];
  const changed = (await run(stage.remote, diff, { as: `git diff main..${push.published.branch}` }))
    .split('\n')
    .filter((line) => /^(\+\+\+ |[-+](?![-+]{2} ))/.test(line));
  say(indented(changed.map((line) => line.replace('+++ b/', '')).join('\n')));
  say();
  tellProofs(await proveAll(stage, stage.ben, push));
}

function tellProofs(proofs: readonly Proof[]): void {
  for (const { claim, holds } of proofs) say(`   ${holds ? green('✔') : '✖'} ${claim}`);
  const broken = proofs.filter((proof) => !proof.holds);
  if (broken.length > 0)
    throw new Error(`${broken.length} of these claims ${broken.length === 1 ? 'is' : 'are'} not true`);
}

async function pipelineRuns(stage: Stage, { published, existing, added }: Push): Promise<void> {
  scene('The branch goes its way: checks, training, gate, promotion, merge');
  await openCi(stage, published.branch);
  const exitCode = await perform(stage.ci, ['npx', 'wms', 'run-pipeline']);
  if (exitCode !== 0) throw new Error(`the pipeline ended with ${exitCode}`);
  tellProofs(await proveMerged(stage, published.branch, existing + added));
  await run(stage.ben, ['npx', 'wms', 'sync']);
  say(indented('and Ben is where main is'));
}

async function invite({ top, ben }: Stage, { published }: Push): Promise<void> {
  const last = START + FIRST + NEW;
  await drawPhotos(join(top, 'more'), last + 1, last + 3);
  await drawPhotos(join(top, 'other'), last + 4, last + 4);
  const publish = (photos: string, to: string, message: string) =>
    `cp -r ../${photos} ${to} && git add data && git commit -qm ${message} && git push`;
  const steps = [
    ['The plan only', 'npx wms publish --dry-run'],
    ['More photos', publish('more/.', 'data/training', 'More')],
    ['Without a mask', publish('other/images/.', 'data/training/images', 'Oops')],
  ];
  say(`\n${bold('Everything stays there for you to go on')}${grey(`  (when you are done: rm -rf ${top})`)}`);
  say(`   In a browser    ${published.report}`);
  say(`   In a terminal   cd ${ben}, then`);
  for (const [what = '', command = ''] of steps) say(`   ${what.padEnd(16)}${command}`);
}
