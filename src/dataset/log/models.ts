import * as z from 'zod';
import type { Config } from '../../config/schema.js';
import type { GitRepository, Oid } from '../../ports/git-repository.js';
import { readVersions, versionKey } from './versions.js';

const METADATA = 'model-metadata.json';

const metadata = z.object({
  model_version: z.union([z.string(), z.number()]).transform(String),
  run_id: z.string().nullish(),
  metrics: z.object({ dice: z.number(), iou: z.number() }).nullish(),
  data_revision: z
    .string()
    .regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/)
    .nullish()
    .catch(null),
});

/** A model that was in Production, as `model-metadata.json` told it. */
export interface LoggedModel {
  readonly version: string;
  readonly runId: string | null;
  readonly dice: number | null;
  readonly iou: number | null;
  /** Commit that says so. */
  readonly commit: Oid;
}

/**
 * Models by the version of the dataset that they were trained on: the one of `data_revision`, else the one that the
 * commit itself holds. Of several for one version, the latest. A text that is no metadata tells nothing.
 */
export async function readModels(
  git: GitRepository,
  config: Config,
  tip: Oid,
): Promise<Map<string, LoggedModel>> {
  const commits = await git.log(tip, [METADATA], NO_LIMIT);
  const files = commits.map(({ oid }) => ({ commit: oid, path: METADATA }));
  const told: { commit: Oid; facts: z.output<typeof metadata> }[] = [];
  let at = 0;
  for await (const bytes of git.readFiles(files)) {
    const commit = files[at++]?.commit ?? '';
    const { data: facts } = metadata.safeParse(jsonOf(bytes));
    if (facts !== undefined) told.push({ commit, facts });
  }
  const revisions = told.flatMap(({ commit, facts }) => [
    commit,
    ...(facts.data_revision ? [facts.data_revision] : []),
  ]);
  const versions = await readVersions(git, config, revisions);
  const keyOf = (commit: Oid | null | undefined) => {
    const version = versions.get(commit ?? '');
    return version === undefined ? null : versionKey(version);
  };
  const models = new Map<string, LoggedModel>();
  for (const { commit, facts } of told) {
    // The commit may be gone with its data branch, after a squash merge.
    const key = keyOf(facts.data_revision) ?? keyOf(commit);
    if (key === null || models.has(key)) continue;
    models.set(key, {
      version: facts.model_version,
      runId: facts.run_id ?? null,
      dice: facts.metrics?.dice ?? null,
      iou: facts.metrics?.iou ?? null,
      commit,
    });
  }
  return models;
}

/** Git's own number for "all". */
export const NO_LIMIT = -1;

function jsonOf(bytes: Buffer | null): unknown {
  try {
    return JSON.parse(bytes?.toString() ?? '');
  } catch {
    return null;
  }
}
