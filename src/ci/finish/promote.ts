import { stateDirectory } from '../../clone/state.js';
import { promote } from '../../model/promotion/promote.js';
import type { RegistryPlace } from '../../model/registry/place.js';
import type { Verdict } from '../../model/verdict.js';
import { writeVerdict } from '../../model/verdict-file.js';
import type { TrainingRecord } from '../record.js';
import type { CiTools } from '../tools.js';

export interface CandidateToPromote {
  readonly training: TrainingRecord;
  readonly verdict: Verdict;
  readonly githubRun: string | null;
}

/**
 * Makes the candidate Production. Files in Git that say so are committed to `place`: on a data branch they wait there
 * for its merge, and come to the protected branch together with the data. Throws as `promote`.
 */
export async function promoteOn(
  tools: CiTools,
  place: RegistryPlace,
  { training, verdict, githubRun }: CandidateToPromote,
): Promise<void> {
  const { git, config, reporter, clock, timing } = tools;
  // The gate was asked on another machine, perhaps.
  await writeVerdict(git.commonDir, training.model, verdict);
  const registry = await tools.openRegistry(place);
  await promote(
    { git, config, registry, place, reporter, clock, timing },
    {
      name: training.version,
      // From where no file can be taken for the version.
      cwd: stateDirectory(git.commonDir),
      reason: undefined,
      githubRun,
      dryRun: false,
    },
  );
}
