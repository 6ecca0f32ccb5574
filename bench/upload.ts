import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { commitAll, makeClone, setUp, writeFiles } from './support/clone.js';
import { IMAGES, MASKS } from './support/dataset.js';
import { freshPairs, makePhotos } from './support/photos.js';
import { median } from './support/statistics.js';
import { heading } from './support/table.js';
import { installPackage, Workspace } from './support/workspace.js';
import { type Contender, printUsage, type Result, runInTurn } from './transfer/compare.js';
import { measure, type Usage } from './transfer/measure.js';
import { type Program, peers, type Target } from './transfer/programs.js';
import { serve, startTargets } from './transfer/servers.js';
import { storeAt } from './transfer/wms-store.js';

const PAIRS = 500;
const DIFFERENT_PHOTOS = 50;
const ROUNDS = 5;
const UPLOAD = 'Upload';
const WHOLE = 'whole push';

/** `git push` of a commit with all pairs, each round into an empty store. */
async function wms(workspace: Workspace, packageDirectory: string, target: Target): Promise<Contender> {
  const clone = await makeClone(workspace, 'wms');
  await setUp(workspace, clone, packageDirectory);
  await commitAll(workspace, clone, ['.']);
  await workspace.must(clone, ['git', 'push', '--quiet', '--set-upstream', 'origin', 'main']);
  const kinds = await makePhotos(DIFFERENT_PHOTOS, 5_000, 500_000);
  for (let done = 0; done < PAIRS; done += kinds.length)
    await writeFiles(clone, await freshPairs(kinds, IMAGES, MASKS));
  await commitAll(workspace, clone, [IMAGES, MASKS]);
  const run = async (round: number) => {
    await storeAt(clone, target, `wms-${round}`);
    const push = await measure(workspace, clone, ['git', 'push'], {}, 1);
    if (!push.lines.some(({ text }) => text.includes(`New: ${PAIRS},`)))
      throw new Error(push.lines.map(({ text }) => text).join('\n'));
    return { [WHOLE]: push, [UPLOAD]: { ...push, seconds: stepSeconds(push, UPLOAD, 'Merge') } };
  };
  return { name: 'wms', isOurs: true, run };
}

/** From the line that ends one step to the line that ends another. */
function stepSeconds({ lines }: Usage, title: string, before: string | null): number {
  const endOf = (step: string) => lines.find(({ text }) => text.includes(` ${step} `))?.seconds ?? Number.NaN;
  return endOf(title) - (before === null ? 0 : endOf(before));
}

/** Uploads the same files under their names. */
function copying(workspace: Workspace, program: Program, target: Target, directory: string): Contender {
  const run = async (round: number) => {
    const prefix = `${program.name.replace(/\W+/g, '-')}-${round}`;
    const { command, env } = await program.command({ method: 'put', target, prefix, directory });
    const usage = await measure(workspace, workspace.top, command, env);
    return { [UPLOAD]: usage, [WHOLE]: usage };
  };
  return { name: program.name, isOurs: false, run };
}

function printShares({ rounds }: Result): void {
  const share = (title: string, before: string | null) =>
    median(
      rounds.flatMap((round) => {
        const push = round[WHOLE];
        return push === undefined ? [] : [(100 * stepSeconds(push, title, before)) / push.seconds];
      }),
    ).toFixed(0);
  console.log(
    `Of the whole push: ${share('Images', null)} % until all files are decoded and checked, ${share(UPLOAD, 'Merge')} % upload, ${share('Branch', UPLOAD)} % commits and branch.\n`,
  );
}

async function run(workspace: Workspace): Promise<void> {
  const [target, ...others] = await startTargets(workspace, import.meta.filename);
  if (target === undefined) throw new Error('no server');
  try {
    const ours = await wms(workspace, await installPackage(workspace), target);
    const files = join(workspace.top, 'files');
    await mkdir(files);
    for (const directory of [IMAGES, MASKS])
      await cp(join(workspace.top, 'wms', directory), join(files, directory), { recursive: true });
    heading(
      `A push of ${PAIRS} pairs`,
      `JPEG photos of 5–500 KB and their masks, to ${target.name} over TLS; whole processes in turn, medians of ${ROUNDS} rounds. The peers upload the same files, and nothing else. CPU and memory of wms are those of the whole push.`,
    );
    const copies = peers.map((program) => copying(workspace, program, target, files));
    const results = await runInTurn([ours, ...copies], ROUNDS);
    for (const kind of [UPLOAD, WHOLE]) printUsage(kind, results, 2 * PAIRS);
    for (const result of results) if (result.isOurs) printShares(result);
  } finally {
    for (const one of [target, ...others]) await one.stop();
  }
}

await (process.argv.includes('serve') ? serve() : Workspace.during(run));
