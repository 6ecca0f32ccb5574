import { join } from 'node:path';
import { objectKey } from '../../src/ports/object-store.js';
import { md5Of } from './manifests.js';
import { publishedFiles } from './remote-view.js';
import { git } from './scratch.js';
import type { Team } from './team.js';

const ROLES = ['images', 'masks'] as const;

/** The pairs that a commit of the remote names, without extension: every object read, both halves there. */
export async function pairsAt(team: Team, commit: string): Promise<string[]> {
  const [images, masks] = await Promise.all(
    ROLES.map(async (role) =>
      Object.keys(await publishedFiles(team, commit, role)).map((name) => name.replace(/\.\w+$/, '')),
    ),
  );
  if (String(images) !== String(masks)) throw new Error(`images ${images} have masks ${masks}`);
  return images ?? [];
}

/** Text of both pointers. */
export function pointersAt(team: Team, commit: string): Promise<string[]> {
  return Promise.all(ROLES.map((role) => git(team.remote, 'show', `${commit}:data/training/${role}.dvc`)));
}

/** Where a directory store has these bytes. */
export function objectFile({ store }: Pick<Team, 'store'>, bytes: Buffer): string {
  return join(store, objectKey(md5Of(bytes)));
}
