import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { peerCommand } from '../../test/support/peers.js';
import type { Workspace } from '../support/workspace.js';
import type { Objects } from './objects.js';
import { BUCKET, PLAIN_UPLOADS, type Program, type Target } from './programs.js';

export const JOBS = '32';

/**
 * `dvc push` and `dvc fetch` of one directory with all objects. Its cache is the directory to read from or to write
 * to, and checking out is left away, so that it does what the others do.
 */
export function dvc(workspace: Workspace, objects: Objects): Program {
  let prepared: Promise<Prepared> | undefined;
  return {
    name: 'dvc',
    async command({ method, target, prefix, directory }) {
      prepared ??= prepare(workspace, objects);
      const { command, project, added, run } = await prepared;
      await rm(join(project, '.dvc/tmp'), { recursive: true, force: true });
      await useRemote(run, target, prefix);
      await run('config', 'cache.dir', method === 'put' ? added : directory);
      const line = [method === 'put' ? 'push' : 'fetch', '--jobs', JOBS];
      return { command: [command, '--cd', project, ...line], env: PLAIN_UPLOADS };
    },
  };
}

interface Prepared {
  readonly command: string;
  readonly project: string;
  /** A cache that holds all objects. */
  readonly added: string;
  run(...args: string[]): Promise<unknown>;
}

async function prepare(workspace: Workspace, objects: Objects): Promise<Prepared> {
  const command = await peerCommand('dvc');
  const project = join(workspace.top, 'dvc');
  const data = join(project, 'data');
  const added = join(workspace.top, 'dvc-added');
  const run = (...args: string[]) => workspace.must(project, [command, ...args]);
  await mkdir(data, { recursive: true });
  for (const id of objects.ids) {
    await cp(join(objects.directory, 'files/md5', id.slice(0, 2), id.slice(2)), join(data, id));
  }
  await run('init', '--no-scm', '--quiet');
  await run('config', 'core.analytics', 'false');
  await run('config', 'cache.dir', added);
  await run('add', '--quiet', 'data');
  return { command, project, added, run };
}

/** Makes that place of a server the default remote. */
export async function useRemote(
  run: (...args: string[]) => Promise<unknown>,
  { url, keys, certificate }: Target,
  prefix: string,
): Promise<void> {
  await run('remote', 'add', '--force', '--default', 'bench', `s3://${BUCKET}/${prefix}`);
  const settings = {
    endpointurl: url,
    access_key_id: keys.accessKeyId,
    secret_access_key: keys.secretAccessKey,
    ssl_verify: certificate,
    region: 'us-east-1',
  };
  for (const [key, value] of Object.entries(settings)) await run('remote', 'modify', 'bench', key, value);
}
