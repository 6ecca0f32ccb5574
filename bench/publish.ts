import { join } from 'node:path';
import { commit, commitAll, makeClone, setUp, writeFiles } from './support/clone.js';
import { IMAGES, MASKS, makeDataset } from './support/dataset.js';
import { freshPairs, makePhotos } from './support/photos.js';
import { inTurn, type Variant } from './support/rounds.js';
import { type Requests, S3_ENV, S3Process } from './support/s3-process.js';
import { check, heading, printTimes } from './support/table.js';
import { installPackage, Workspace } from './support/workspace.js';

const ROUNDS = 9;
const WARM_UP = 2;
const PAIRS = 25;
const FEW = 1_000;
const MANY = 100_000;
const REQUESTS = 2 * (2 * PAIRS) + 6;

const photos = await makePhotos(PAIRS, 5_000, 500_000);

/** A clone whose dataset has that many files, and how to publish 25 new pairs into it. */
async function publishing(
  workspace: Workspace,
  directory: string,
  files: number,
  s3: S3Process | null,
): Promise<Pick<Variant, 'run'>> {
  const name = `${s3 === null ? 'directory' : 's3'}-${files}`;
  const clone = await makeClone(workspace, name);
  const store = join(workspace.top, `${name}-store`);
  const place = s3 === null ? [store] : [`s3://wms-test/${name}`, '--endpoint-url', s3.url];
  await setUp(workspace, clone, directory, ['--store', ...place]);
  const { pointers, manifests } = makeDataset(files);
  for (const [key, bytes] of manifests) {
    if (s3 === null) await writeFiles(store, { [key]: bytes });
    else await s3.put(`${name}/${key}`, bytes);
  }
  await writeFiles(clone, pointers);
  await commitAll(workspace, clone, ['.']);
  await workspace.must(clone, ['git', 'push', '--quiet', '--set-upstream', 'origin', 'main']);
  const run = async () => {
    await workspace.must(clone, ['git', 'reset', '--quiet', '--hard', 'origin/main']);
    await commit(workspace, clone, await freshPairs(photos, IMAGES, MASKS));
    const pushed = await workspace.run(clone, ['git', 'push'], s3 === null ? {} : S3_ENV);
    const counts = `Existing: ${files / 2}, New: ${PAIRS}, Replaced: 0, Total: ${files / 2 + PAIRS}`;
    if (!pushed.stderr.includes(counts)) throw new Error(pushed.stderr);
    return pushed.milliseconds;
  };
  return { run };
}

heading(
  `Publishing ${PAIRS} pairs`,
  `JPEG photos of 5–500 KB and their masks, \`git push\` to its end. Target: a dataset of ${MANY} files takes at most 1.5 × one of ${FEW}.`,
);
await Workspace.during((workspace) =>
  S3Process.during(async (s3) => {
    const directory = await installPackage(workspace);
    for (const store of [null, s3]) {
      const label = (files: number) => `${store === null ? 'directory' : 'S3'}, ${files} files`;
      const seen: Requests[] = [];
      const variant = async (files: number): Promise<Variant> => {
        const { run } = await publishing(workspace, directory, files, store);
        const counted = async (round: number) => {
          await store?.requests();
          const milliseconds = await run(round);
          if (store !== null) seen.push(await store.requests());
          return milliseconds;
        };
        return { label: label(files), run: counted };
      };
      const variants = [await variant(FEW), await variant(MANY)];
      printTimes(await inTurn(variants, ROUNDS, WARM_UP), label(FEW));
      if (store !== null) checkRequests(seen);
    }
  }),
);

function checkRequests(seen: readonly Requests[]): void {
  const totals = seen.map((requests) => Object.values(requests).reduce((sum, count) => sum + count, 0));
  const [first] = seen;
  console.log(`Requests of one publish: ${JSON.stringify(first)}\n`);
  check(
    `at most ${REQUESTS} requests (2 for each of ${2 * PAIRS} new objects, and 6): ${Math.max(...totals)}`,
    Math.max(...totals) <= REQUESTS,
  );
  check(
    'the store is never listed',
    seen.every(({ ListObjectsV2 = 0, Other = 0 }) => ListObjectsV2 + Other === 0),
  );
}
