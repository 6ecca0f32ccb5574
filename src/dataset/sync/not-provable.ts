import { EXIT, isWmsError, WmsError } from '../../errors.js';
import { stemOf } from '../../stem.js';
import { entriesOfStem } from '../pairs.js';
import { proveByVersion, type RawBytes } from './proof.pure.js';
import { manifestsAt, type ProofTools, type Proven } from './prove.js';
import type { SyncTarget } from './target.js';

/** Waiting data branches to look into; each costs a fetch and two manifests. */
const BRANCHES_AT_MOST = 10;

/** What waits is not history yet: when it was published does not matter. */
const ANY_TIME = new Date(8.64e15);

/** Why the branch cannot be moved: every file without a proof, and what is known about it. */
export async function notProvable(
  tools: ProofTools,
  { remote, branch }: SyncTarget,
  { dataset, unproven }: Proven,
): Promise<WmsError> {
  const waiting = await waitingBranches(tools, remote, unproven);
  const lines = unproven.map((file) => {
    const dataBranch = waiting.get(file);
    if (dataBranch !== undefined) return `${file.path}  is not merged yet: ${dataBranch} waits on ${remote}`;
    const known = entriesOfStem(dataset[file.role], stemOf(file.relpath)).length > 0;
    return `${file.path}  ${known ? 'has other bytes there: changed since it was published' : 'is not published yet'}`;
  });
  const branches = [...new Set(waiting.values())];
  const publish = unproven.some((file) => !waiting.has(file));
  const steps = [
    ...(publish ? [`git push ${remote} ${branch} (publishes what is missing)`] : []),
    `merge ${branches.length === 0 ? 'its pull request' : `the pull request of ${branches.join(', ')}`}`,
    'npx wms sync',
  ];
  const files = unproven.length === 1 ? '1 file is' : `${unproven.length} files are`;
  return new WmsError({
    kind: 'sync/not-provable',
    code: EXIT.conflict,
    what: `${files} not in the dataset of ${remote}/${branch}. Nothing was moved.`,
    why: lines.join('\n'),
    next: steps.join(', then '),
  });
}

/** Raw file → data branch of the remote that holds it. */
async function waitingBranches(
  tools: ProofTools,
  remote: string,
  files: readonly RawBytes[],
): Promise<Map<RawBytes, string>> {
  const found = new Map<RawBytes, string>();
  let open = files;
  try {
    const newestFirst = (await tools.git.remoteBranches(remote, 'data/')).sort((a, b) =>
      a.branch < b.branch ? 1 : -1,
    );
    for (const { branch, oid } of newestFirst.slice(0, BRANCHES_AT_MOST)) {
      if (open.length === 0) break;
      if (!(await tools.git.hasObject(oid))) await tools.git.fetchRef(remote, `refs/heads/${branch}`);
      const { proven, unproven } = proveByVersion(open, await manifestsAt(tools, oid), ANY_TIME);
      for (const file of proven.keys()) found.set(file, branch);
      open = unproven;
    }
  } catch (error) {
    // This only explains a refusal that stands without it.
    if (!isWmsError(error)) throw error;
  }
  return found;
}
