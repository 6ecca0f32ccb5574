import { pairFiles } from './pictures.js';
import { mergeDataBranch, onlyDataBranch } from './remote-view.js';
import { commitFiles } from './scratch.js';
import { joinTeam, makeTeam, push, type Team } from './team.js';

/** A team with some pairs in the dataset, and a new clone of it that holds none of them as files. */
export async function teamWithDataset(seeds: readonly number[]): Promise<{ team: Team; clone: string }> {
  const team = await makeTeam();
  await commitFiles(team.clone, await pairFiles(seeds));
  await push(team.clone);
  await mergeDataBranch(team, await onlyDataBranch(team));
  return { team, clone: await joinTeam(team) };
}
