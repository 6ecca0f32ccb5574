import { openOnSession } from '../ci/on-session.js';
import type { CiTools } from '../ci/tools.js';
import { openCloudTools, openRemoteTraining, openTunnels } from '../compose-cloud.js';

/**
 * Does `work` with tools whose trainings run their command where the settings say. The session's machine is reached when
 * the first one begins, and left in the end.
 */
export async function trainingWhereWanted<T>(
  tools: CiTools,
  branch: string,
  stop: AbortSignal,
  work: (tools: CiTools) => Promise<T>,
): Promise<T> {
  const { git, config, prompter, reporter } = tools;
  if (config.train.where === 'runner') return work(tools);
  let leave = async (): Promise<void> => undefined;
  const openTraining = async () => {
    const training = await tools.openTraining();
    const cloud = await openCloudTools(git, config, { engine: null, region: null }, prompter);
    const tunnels = openTunnels(git, prompter);
    const openCommands = openRemoteTraining(git, config);
    const { url = null } = training.tracking ?? {};
    const there = await openOnSession({ ...cloud, reporter, stop, tunnels, openCommands }, branch, url);
    leave = there.leave;
    return { ...training, commands: there.commands ?? training.commands };
  };
  try {
    return await work({ ...tools, openTraining });
  } finally {
    await leave();
  }
}
