import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { commitAll, makeClone, setUp, writeFiles } from './support/clone.js';
import { IMAGES, MASKS } from './support/dataset.js';
import { freshPairs, makePhoto } from './support/photos.js';
import { S3_ENV, S3Process } from './support/s3-process.js';
import { heading, printTable } from './support/table.js';
import { installPackage, Workspace } from './support/workspace.js';

const FEW = 100;
const MANY = 2_000;
const PHOTO_BYTES = 250_000;
const WRITTEN_AT_ONCE = 50;
const REPORT_USAGE = pathToFileURL(join(import.meta.dirname, 'support/report-usage.mjs')).href;

const photo = await makePhoto(PHOTO_BYTES);

interface Peak {
  readonly label: string;
  readonly megabytes: number;
  readonly seconds: number;
}

/** Publishes that many pairs with one push; the most memory that the Node process had. */
async function publishing(
  workspace: Workspace,
  directory: string,
  pairs: number,
  s3: S3Process | null,
): Promise<Peak> {
  const name = `${s3 === null ? 'directory' : 's3'}-${pairs}`;
  const clone = await makeClone(workspace, name);
  // Photos don't get smaller, and nothing of this is what is measured.
  await workspace.must(clone, ['git', 'config', 'core.compression', '0']);
  const place =
    s3 === null
      ? [join(workspace.top, `${name}-store`)]
      : [`s3://wms-test/${name}`, '--endpoint-url', s3.url];
  await setUp(workspace, clone, directory, ['--store', ...place]);
  await commitAll(workspace, clone, ['.']);
  await workspace.must(clone, ['git', 'push', '--quiet', '--set-upstream', 'origin', 'main']);
  for (let done = 0; done < pairs; done += WRITTEN_AT_ONCE) {
    const some = Array.from({ length: WRITTEN_AT_ONCE }, () => photo);
    await writeFiles(clone, await freshPairs(some, IMAGES, MASKS));
  }
  await commitAll(workspace, clone, [IMAGES, MASKS]);
  const usage = join(workspace.top, `${name}-usage`);
  const env = { NODE_OPTIONS: `--import ${REPORT_USAGE}`, WMS_BENCH_USAGE: usage };
  const pushed = await workspace.run(clone, ['git', 'push'], { ...env, ...(s3 === null ? {} : S3_ENV) });
  if (!pushed.stderr.includes(`New: ${pairs},`)) throw new Error(pushed.stderr);
  const peaks = (await readFile(usage, 'utf8')).trim().split('\n').map(Number);
  return {
    label: `${s3 === null ? 'directory' : 'S3'}, ${pairs} pairs`,
    megabytes: Math.max(...peaks) / 1024,
    seconds: pushed.milliseconds / 1000,
  };
}

heading(
  'Memory of one publish',
  `Pairs with JPEG photos of ${Math.round(photo.jpeg.length / 1000)} KB (${photo.side} × ${photo.side}) in one push: the most memory that its Node process had. Target: 300 MB.`,
);
await Workspace.during((workspace) =>
  S3Process.during(async (s3) => {
    const directory = await installPackage(workspace);
    for (const store of [null, s3]) {
      const few = await publishing(workspace, directory, FEW, store);
      const many = await publishing(workspace, directory, MANY, store);
      printTable(
        ['', 'peak MB', 'seconds', `× ${FEW} pairs`],
        [few, many].map(({ label, megabytes, seconds }) => [
          label,
          megabytes.toFixed(0),
          seconds.toFixed(1),
          (megabytes / few.megabytes).toFixed(2),
        ]),
      );
    }
  }),
);
