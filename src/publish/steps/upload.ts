import pLimit from 'p-limit';
import { ROLES, type Role } from '../../config/schema.js';
import { manifestId, serialiseManifest } from '../../dataset/manifest.js';
import { findFaults } from '../../dataset/verify/find-faults.js';
import { EXIT, WmsError } from '../../errors.js';
import type { Oid } from '../../ports/git-repository.js';
import type { ObjectId } from '../../ports/object-store.js';
import type { StepReport } from '../../ports/reporter.js';
import { showPath } from '../../show-path.js';
import { count, inBytes, shortList } from '../../words.js';
import { countOn } from '../count-on.js';
import { found, type InspectedFile, type PublishJob } from '../job.js';
import type { Step } from '../step.js';
import { credentials } from './credentials.js';
import { merge } from './merge.js';
import { smoke } from './smoke.js';
import { OBJECTS_IN_FLIGHT, uploadObjects } from './upload-objects.js';

/**
 * Objects that the dataset does not have, then the manifests that name them: DVC takes a manifest in the store as
 * proof that all its entries are there.
 */
export const upload: Step = {
  title: 'Upload',
  needs: [credentials.title, merge.title, smoke.title],
  async run(job, report) {
    if (job.throughGit) return report.skipped('through Git: wms ci ingest puts the files into the store');
    const manifests = makeManifests(job);
    await countOn(
      job,
      ROLES.flatMap((role) => manifests[role]?.id ?? []),
      report,
    );
    const counted = await requireObjects(job, report);
    const { files, storedBefore } = await missingObjects(job);
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    await uploadObjects(job, files, bytes, report);
    job.findings.pointers = await uploadManifests(job, manifests);
    const resumed = storedBefore === 0 ? '' : ` (an earlier try has stored ${storedBefore} more)`;
    const sent =
      job.plan.edit === null ? `${count(files.length, 'object')}, ${inBytes(bytes)}` : 'manifests only';
    report.done(
      `${sent}${resumed}${counted === 0 ? '' : `; ${count(counted, 'object')} found in the store`}`,
    );
  },
};

/**
 * Objects that the new manifests name and whose bytes are not here, as those of an old version: a manifest must not go up
 * when one of them is gone. How many there are.
 */
async function requireObjects(job: PublishJob, report: StepReport): Promise<number> {
  const { store, config } = job.tools;
  const here = new Set(found(job, 'changed').map(({ md5 }) => md5));
  const files = new Map<ObjectId, string[]>();
  for (const { kind, role, relpath, md5 } of found(job, 'merge').changes) {
    if ((kind !== 'new' && kind !== 'replaced') || here.has(md5)) continue;
    files.set(md5, [...(files.get(md5) ?? []), `${config.dataset[role]}/${relpath}`]);
  }
  let done = 0;
  const checked = () => report.progress(`looking for ${count(files.size, 'object')}: ${++done}`);
  const faults = await findFaults(store, files.keys(), { deep: false, checked });
  if (faults.size > 0) {
    const gone = [...faults.keys()].flatMap((id) => files.get(id) ?? []);
    throw objectsGone(gone, store.url, job.plan.edit?.restores ?? null);
  }
  return files.size;
}

/**
 * One file for each object that no base manifest names and no earlier try has stored. What the journal remembers is
 * asked for all the same: no manifest named it yet, so that a gc may have taken it.
 */
async function missingObjects(job: PublishJob): Promise<{ files: InspectedFile[]; storedBefore: number }> {
  const { store } = job.tools;
  const wanted = new Map(found(job, 'changed').map((file) => [file.md5, file]));
  const base = found(job, 'base');
  for (const role of ROLES) for (const { md5 } of base[role].manifest) wanted.delete(md5);
  const all = wanted.size;
  const limit = pLimit(OBJECTS_IN_FLIGHT);
  const forget = async (id: ObjectId): Promise<void> => {
    if (await store.has(id, { signal: job.signal })) wanted.delete(id);
  };
  const remembered = [...wanted.keys()].filter((id) => job.journal.stored.has(id));
  await Promise.all(remembered.map((id) => limit(forget, id)));
  return { files: [...wanted.values()], storedBefore: all - wanted.size };
}

interface NewManifest {
  readonly id: ObjectId;
  readonly bytes: Buffer;
}

type NewManifests = Readonly<Record<Role, NewManifest | null>>;

/** Null: that directory stays as it is. */
function makeManifests(job: PublishJob): NewManifests {
  const base = found(job, 'base');
  const { merged } = found(job, 'merge');
  const make = (role: Role): NewManifest | null => {
    if (merged[role] === base[role].manifest) return null;
    const bytes = serialiseManifest(merged[role]);
    return { id: manifestId(bytes), bytes };
  };
  return { images: make('images'), masks: make('masks') };
}

async function uploadManifests(
  job: PublishJob,
  manifests: NewManifests,
): Promise<Record<Role, ObjectId | null>> {
  const { store } = job.tools;
  const put = async (manifest: NewManifest | null): Promise<ObjectId | null> => {
    if (manifest === null) return null;
    const { id, bytes } = manifest;
    const isThere = job.journal.stored.has(id) && (await store.has(id, { signal: job.signal }));
    if (!isThere) {
      await store.put(id, bytes, { signal: job.signal });
      await job.journal.recordStored(id);
    }
    return id;
  };
  const [images, masks] = await Promise.all([put(manifests.images), put(manifests.masks)]);
  return { images, masks };
}

function objectsGone(files: readonly string[], url: string, commit: Oid | null): WmsError {
  const revision = commit === null ? '' : ` ${commit.slice(0, 10)}`;
  return new WmsError({
    kind: 'data/objects-gone',
    code: EXIT.network,
    what: `${count(files.length, 'file')} of that version cannot come back: the bytes are not in ${url} any more. Nothing was published.`,
    why: shortList(files.map(showPath)),
    next: `Where they may still be, in a working tree or a cache: npx wms data verify${revision} --repair. Then run this again, or restore the other pairs by name.`,
  });
}
