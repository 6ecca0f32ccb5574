import { randomBytes } from 'node:crypto';
import os from 'node:os';
import type { Engine } from '../cloud/session.js';
import type { NewSession } from '../cloud/session-rules.pure.js';
import type { CloudTools } from '../cloud/tools.js';
import { openRepository, readWorkingConfig } from '../compose.js';
import { defaultConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import type { GitRepository } from '../ports/git-repository.js';

export interface PlaceFlags {
  readonly engine?: Engine;
  readonly region?: string;
}

export interface CloudPlace {
  readonly git: GitRepository;
  readonly config: Config;
  readonly choice: { readonly engine: Engine | null; readonly region: string | null };
}

/** Nothing has to be set up: without settings, defaults hold. */
export async function openCloudPlace({ engine, region }: PlaceFlags): Promise<CloudPlace> {
  const git = await openRepository(process.cwd());
  const config = (await readWorkingConfig(git)) ?? defaultConfig();
  return { git, config, choice: { engine: engine ?? null, region: region ?? null } };
}

/** `Ana Lopez on lab-laptop`: for teammates who read who opened or uses a session. */
export async function whoIs(git: GitRepository): Promise<string> {
  return `${(await git.config('user.name')) ?? os.userInfo().username} on ${os.hostname()}`;
}

/** What a new session is, by the settings; its deadline and its model come later. */
export function wantedSession(
  { place, clock }: Pick<CloudTools, 'place' | 'clock'>,
  { cloud }: Config,
  openedBy: string,
  size: string | undefined,
): Omit<NewSession, 'deadline' | 'model'> {
  const { diskGb, instanceProfile, idleMinutes } = cloud;
  const moment = clock.now().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return {
    id: `${moment}-${randomBytes(2).toString('hex')}`,
    openedBy,
    ...place,
    size: size ?? cloud.size,
    diskGb,
    instanceProfile,
    idleMinutes,
  };
}
