import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseManifest } from '../../src/dataset/manifest.js';
import { parsePointer } from '../../src/dataset/pointer.js';
import { git } from './scratch.js';
import { dataBranches, type Team } from './team.js';

/** Paths of raw files in any commit reachable from any ref of the remote. */
export async function rawFilesOnRemote(team: Team): Promise<string[]> {
  const objects = await git(team.remote, 'rev-list', '--objects', '--all');
  return objects
    .split('\n')
    .map((line) => line.slice(line.indexOf(' ') + 1))
    .filter((path) => /^data\/training\/(images|masks)\/./.test(path));
}

/** Files of one role that a commit's pointer names, with their bytes from the directory store, checked. */
export async function publishedFiles(
  team: Team,
  commit: string,
  role: 'images' | 'masks',
  directory = `data/training/${role}`,
): Promise<Record<string, Buffer>> {
  const path = `${directory}.dvc`;
  const pointer = parsePointer(await git(team.remote, 'show', `${commit}:${path}`), path);
  const manifest = parseManifest(objectBytes(team.store, pointer.id), pointer.id, team.store);
  return Object.fromEntries(manifest.map(({ relpath, md5 }) => [relpath, objectBytes(team.store, md5)]));
}

function objectBytes(store: string, id: string): Buffer {
  const path = join(store, 'files/md5', id.slice(0, 2), id.slice(2));
  if (!existsSync(path)) throw new Error(`the store has no object ${id}`);
  const bytes = readFileSync(path);
  const md5 = createHash('md5').update(bytes).digest('hex');
  if (!id.startsWith(md5)) throw new Error(`object ${id} holds other bytes`);
  return bytes;
}

/** The only data branch of the remote. */
export async function onlyDataBranch(team: Team): Promise<string> {
  const branches = await dataBranches(team);
  if (branches.length !== 1)
    throw new Error(`one data branch expected, found: ${branches.join(', ') || 'none'}`);
  return branches[0] as string;
}

/** What merging the pull request of a data branch does. */
export async function mergeDataBranch(team: Team, branch: string, into = 'main'): Promise<void> {
  await git(team.remote, 'update-ref', `refs/heads/${into}`, `refs/heads/${branch}`);
  await git(team.remote, 'update-ref', '-d', `refs/heads/${branch}`);
}

/** The data branch that the message of a commit on the remote names. */
export function branchInMessage(team: Team, commit: string): Promise<string> {
  return git(team.remote, 'log', '-1', '--format=%(trailers:key=Data-Branch,valueonly,separator=)', commit);
}
