import { describeCloudStatus } from '../cloud/status/describe.pure.js';
import { readCloudStatus } from '../cloud/status/status.js';
import { openPrompter } from '../compose.js';
import { openAllCloudTools } from '../compose-cloud.js';
import { openCloudPlace, type PlaceFlags } from './cloud-tools.js';
import { print } from './model-tools.js';

export interface CloudStatusFlags extends PlaceFlags {
  readonly json?: true;
}

export async function runCloudStatus({ json, ...place }: CloudStatusFlags): Promise<void> {
  const { git, config, choice } = await openCloudPlace(place);
  const all = await openAllCloudTools(git, config, choice, openPrompter());
  const statuses = await Promise.all(
    all.map(async (tools) => ({
      engine: tools.place.engine,
      ...(await readCloudStatus(tools, config.cloud.budgetUsd)),
    })),
  );
  const now = new Date();
  const lines = statuses.flatMap((status) => [
    ...(statuses.length > 1 ? [`${status.engine}:`] : []),
    ...describeCloudStatus(status, now),
  ]);
  print(json && statuses, lines);
}
