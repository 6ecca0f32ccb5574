import { availableParallelism } from 'node:os';
import { ByteBudget } from '../../byte-budget.js';
import { type DatasetBase, loadDataset, manifestsOf } from '../../dataset/dataset-base.js';
import { planMerge } from '../../dataset/merge-plan.js';
import { hasFile } from '../../dataset/pairs.js';
import type { RawFile } from '../../dataset/raw-files.js';
import { EXIT, WmsError } from '../../errors.js';
import { md5Of } from '../../md5.pure.js';
import { checkImages, imageProblemsError } from '../../quality/check.js';
import { inspectFile } from '../../quality/inspect.js';
import type { Inspection } from '../../quality/pair-set.js';
import { count } from '../../words.js';
import type { InspectedFile, PublishJob } from '../job.js';
import { describeFiles } from '../plan.js';
import { readRawFiles } from '../read-raw.js';
import type { Step } from '../step.js';
import { credentials } from './credentials.js';
import { pairSetOf } from './pair-set-of.js';

const BYTES_IN_FLIGHT = 64 * 1024 * 1024;

/** Decodes every raw file straight from Git's objects, and finds out what of it the dataset does not have yet. */
export const images: Step = {
  title: 'Images',
  needs: [],
  async run(job, report, after) {
    const { git, store, config } = job.tools;
    const { edit } = job.plan;
    if (edit !== null) {
      await after(credentials.title);
      const { base, merge } = edit;
      Object.assign(job.findings, { base, merge, changed: [], warnings: [] });
      return report.skipped('no new files');
    }
    const { files } = job.plan.raw;
    const loading = after(credentials.title).then(() =>
      loadDataset(git, store, config, job.plan.pointersFrom, job.signal),
    );
    const show = (done: number) => report.progress(`${done}/${count(files.length, 'file')}`);
    const [base, looked] = await Promise.all([loading, lookAt(job, loading, show)]);
    const edits = looked.map(({ role, relpath, md5 }) => ({ role, relpath, md5 }));
    const merge = planMerge({ base: manifestsOf(base), edits });
    const unchanged = new Set(
      merge.changes
        .filter(({ kind }) => kind === 'unchanged')
        .map(({ role, relpath }) => `${role}/${relpath}`),
    );
    const changed = looked.flatMap(({ inspection, ...file }): InspectedFile[] =>
      inspection === null || unchanged.has(`${file.role}/${file.relpath}`) ? [] : [{ ...file, inspection }],
    );
    if (changed.length === 0) throw nothingNew(job);
    const { blocking, warnings } = checkImages(await pairSetOf(job.tools, changed, merge.merged, job.signal));
    if (blocking.length > 0) throw imageProblemsError(blocking);
    Object.assign(job.findings, { base, merge, changed, warnings });
    const counts = describeFiles(changed);
    if (warnings.length === 0) report.done(`${counts} · no problems`);
    else report.warned(`${counts} · ${count(warnings.length, 'warning')}, see the report`);
  },
};

interface LookedAt extends RawFile {
  readonly md5: string;
  readonly size: number;
  /** Null: the dataset has these very bytes under this name, so they were not decoded. */
  readonly inspection: Inspection | null;
}

async function lookAt(
  job: PublishJob,
  loading: Promise<DatasetBase>,
  progress: (done: number) => void,
): Promise<LookedAt[]> {
  let base: DatasetBase | null = null;
  const loaded = loading.then((dataset) => {
    base = dataset;
  });
  // The working tree may hold the whole dataset: what is in it already must not be decoded. A push holds little else
  // than new files, so there the dataset is read meanwhile.
  if (job.plan.target.tip === null) await loaded;
  else loaded.catch(() => undefined);
  const budget = new ByteBudget(BYTES_IN_FLIGHT, availableParallelism() + 1);
  const running: Promise<LookedAt>[] = [];
  let done = 0;
  for await (const { file, bytes } of readRawFiles(job.tools.git, job.plan.raw.files, job.signal)) {
    await budget.acquire(bytes.length);
    const look = async (): Promise<LookedAt> => {
      const { role, relpath, mode } = file;
      const md5 = md5Of(bytes);
      const known = base !== null && hasFile(base[role].manifest, relpath, md5);
      const inspection = known ? null : await inspectFile({ role, path: relpath, bytes, mode });
      progress(++done);
      return { ...file, md5, size: bytes.length, inspection };
    };
    running.push(look().finally(() => budget.release(bytes.length)));
  }
  return Promise.all(running);
}

function nothingNew({ plan }: PublishJob): WmsError {
  const { removedAgain, files } = plan.raw;
  const { tip, branch } = plan.target;
  const removed = `Commits of this push add raw files that later ones remove: ${removedAgain.slice(0, 3).join(', ')}.`;
  const still = `The commits still hold them as raw files, and ${branch} never does.`;
  return new WmsError({
    kind: 'publish/nothing-new',
    code: EXIT.published,
    what:
      files.length > 0
        ? 'These images are in the dataset already; there is nothing to publish.'
        : 'There is no image to publish.',
    ...(tip === null
      ? {}
      : {
          why: files.length > 0 ? still : `${removed} ${branch} never holds raw files.`,
          next: 'npx wms sync drops them from your branch and keeps your other commits.',
        }),
  });
}
