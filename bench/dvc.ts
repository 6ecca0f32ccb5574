import { join } from 'node:path';
import { peerCommand } from '../test/support/peers.js';
import { commitAll, makeClone, setUp, writeFiles } from './support/clone.js';
import { IMAGES, MASKS } from './support/dataset.js';
import { freshPairs, makePhoto, makePhotos } from './support/photos.js';
import { inTurn, type Variant } from './support/rounds.js';
import { S3_ENV, S3Process } from './support/s3-process.js';
import { heading, printTimes } from './support/table.js';
import { installPackage, Workspace } from './support/workspace.js';

const ROUNDS = 7;
const WARM_UP = 1;
const PAIRS = 25;
const BASE_PAIRS = 500;
const BASE_PHOTO_BYTES = 20_000;
const STORE = 's3://wms-test/team';
const POINTERS = [`${IMAGES}.dvc`, `${MASKS}.dvc`];

const photos = await makePhotos(PAIRS, 5_000, 500_000);

/** A clone that has the whole dataset on disk and in DVC's cache, so that there is nothing to pull. */
async function makeDvc(workspace: Workspace, program: string, url: string) {
  const clone = await makeClone(workspace, 'dvc');
  const env = {
    ...S3_ENV,
    DVC_NO_ANALYTICS: '1',
    DVC_SITE_CACHE_DIR: join(workspace.top, 'dvc-site'),
    PYTHONUTF8: '1',
  };
  const dvc = (...args: string[]) => workspace.must(clone, [program, ...args, '--quiet'], env);
  await dvc('init');
  await dvc('remote', 'add', '--default', 'storage', STORE);
  await dvc('remote', 'modify', 'storage', 'endpointurl', url);
  const photo = await makePhoto(BASE_PHOTO_BYTES);
  const base = Array.from({ length: BASE_PAIRS }, () => photo);
  await writeFiles(clone, await freshPairs(base, IMAGES, MASKS));
  const publish = async (paths: readonly string[]) => {
    const start = performance.now();
    await dvc('add', IMAGES, MASKS);
    await dvc('push');
    await commitAll(workspace, clone, paths);
    await workspace.must(clone, ['git', 'push', '--quiet', 'origin', 'main']);
    return performance.now() - start;
  };
  await publish([
    'package.json',
    '.gitignore',
    '.dvc',
    '.dvcignore',
    'data/training/.gitignore',
    ...POINTERS,
  ]);
  const run = async () => {
    await writeFiles(clone, await freshPairs(photos, IMAGES, MASKS));
    return publish(POINTERS);
  };
  return { clone, run };
}

/** A teammate's clone of the same dataset that never pulled it. */
async function makeOurs(workspace: Workspace, dvcClone: string) {
  const directory = await installPackage(workspace);
  const clone = await makeClone(workspace, 'wms');
  await workspace.must(clone, ['git', 'fetch', '--quiet', dvcClone, 'main']);
  await workspace.must(clone, ['git', 'reset', '--quiet', '--hard', 'FETCH_HEAD']);
  await setUp(workspace, clone, directory);
  await commitAll(workspace, clone, ['.']);
  await workspace.must(clone, ['git', 'push', '--quiet', '--set-upstream', 'origin', 'main']);
  const run = async () => {
    await workspace.must(clone, ['git', 'reset', '--quiet', '--hard', 'origin/main']);
    await writeFiles(clone, await freshPairs(photos, IMAGES, MASKS));
    const start = performance.now();
    await commitAll(workspace, clone, [IMAGES, MASKS]);
    const pushed = await workspace.run(clone, ['git', 'push'], S3_ENV);
    const milliseconds = performance.now() - start;
    if (!pushed.stderr.includes(`Existing: ${BASE_PAIRS}, New: ${PAIRS}`)) throw new Error(pushed.stderr);
    return milliseconds;
  };
  return { run };
}

heading(
  'The same job with DVC',
  `${PAIRS} new pairs into a dataset of ${BASE_PAIRS} in S3. dvc: add, push, git commit, git push. wms: git add, git commit, git push.`,
);
const program = await peerCommand('dvc').catch((error: Error) => {
  console.log(`Not measured. ${error.message}`);
  return null;
});
if (program !== null) {
  await Workspace.during((workspace) =>
    S3Process.during(async ({ url }) => {
      const dvc = await makeDvc(workspace, program, url);
      const ours = await makeOurs(workspace, dvc.clone);
      const variants: Variant[] = [
        { label: 'dvc', run: dvc.run },
        { label: 'wms', run: ours.run },
      ];
      printTimes(await inTurn(variants, ROUNDS, WARM_UP), 'dvc');
    }),
  );
}
