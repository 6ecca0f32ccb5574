import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { attributesLine, mergeDriver, mergeDriverSettings } from '../../src/config/merge-driver.pure.js';
import type { Role } from '../../src/config/schema.js';
import { manifestId, serialiseManifest } from '../../src/dataset/manifest.js';
import { parsePointer, updatePointer } from '../../src/dataset/pointer.js';
import { md5Of } from './manifests.js';
import { publishedFiles } from './remote-view.js';
import { commitFiles, git } from './scratch.js';
import { makeTeam, type Team } from './team.js';

/** Path → text of the files of each directory. */
export type Dataset = Readonly<Record<Role, Readonly<Record<string, string>>>>;

export const DIRECTORIES: Readonly<Record<Role, string>> = {
  images: 'data/training/images',
  masks: 'data/training/masks',
};

/** Pairs whose image and mask hold their own names; `text` goes into the mask. */
export function pairsOf(names: readonly string[], text = ''): Dataset {
  const files = (role: string, more: string) =>
    Object.fromEntries(names.map((name) => [`${name}.png`, `${role} of ${name}${more}`]));
  return { images: files('image', ''), masks: files('mask', text) };
}

export function together(...datasets: readonly Dataset[]): Dataset {
  return {
    images: Object.assign({}, ...datasets.map(({ images }) => images)),
    masks: Object.assign({}, ...datasets.map(({ masks }) => masks)),
  };
}

/** A team whose pointers Git merges with our driver, with a first version of the dataset on main. */
export async function makeMergingTeam(
  first: Dataset | null,
  options: Parameters<typeof makeTeam>[0] & { directories?: typeof DIRECTORIES } = {},
): Promise<Team> {
  const { directories = DIRECTORIES, ...others } = options;
  const team = await makeTeam({ config: { dataset: directories }, ...others });
  const lines = Object.values(directories).map(attributesLine);
  await commitFiles(team.clone, { '.gitattributes': `${lines.join('\n')}\n` }, 'attributes');
  await configureDriver(team.clone);
  if (first !== null) await commitDataset(team, team.clone, first, 'first', directories);
  await git(team.clone, 'push', '--quiet', '--no-verify', 'origin', 'main');
  return team;
}

/** As `wms init` and the first push of a clone do. */
export async function configureDriver(clone: string): Promise<void> {
  for (const [key, value] of mergeDriverSettings(mergeDriver('node_modules/wms-hooks'))) {
    await git(clone, 'config', key, value);
  }
}

/** Commits pointers to this version, objects and manifests being in the store. */
export async function commitDataset(
  { store }: Pick<Team, 'store'>,
  clone: string,
  dataset: Dataset,
  message = 'data',
  directories = DIRECTORIES,
): Promise<string> {
  const pointers: Record<string, string> = {};
  for (const role of ['images', 'masks'] as const) {
    const files = Object.entries(dataset[role]).map(([relpath, text]) => ({
      relpath,
      text,
      md5: md5Of(text),
    }));
    for (const { md5, text } of files) await putObject(store, md5, text);
    const bytes = serialiseManifest(files.map(({ md5, relpath }) => ({ md5, relpath })));
    await putObject(store, manifestId(bytes), bytes);
    pointers[`${directories[role]}.dvc`] = updatePointer(null, {
      path: directories[role].slice(directories[role].lastIndexOf('/') + 1),
      id: manifestId(bytes),
      size: files.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0),
      nfiles: files.length,
    });
  }
  return commitFiles(clone, pointers, message);
}

async function putObject(store: string, id: string, bytes: string | Buffer): Promise<void> {
  const path = join(store, 'files/md5', id.slice(0, 2), id.slice(2));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes, { flag: 'wx' }).catch(() => undefined);
  await chmod(path, 0o444);
}

/** The dataset that a commit of a clone names, with every object read from the store; its pointers tell the truth. */
export async function datasetAt(
  { store }: Pick<Team, 'store'>,
  clone: string,
  commit = 'HEAD',
  directories = DIRECTORIES,
): Promise<Dataset> {
  const read = async (role: Role) => {
    const directory = directories[role];
    const files = await publishedFiles({ remote: clone, clone, store }, commit, role, directory);
    const pointer = parsePointer(await git(clone, 'show', `${commit}:${directory}.dvc`), directory);
    const texts = Object.entries(files).map(([path, bytes]) => [path, bytes.toString()] as const);
    const size = Object.values(files).reduce((sum, bytes) => sum + bytes.length, 0);
    if (pointer.nfiles !== texts.length) throw new Error(`${directory}: nfiles is ${pointer.nfiles}`);
    if (pointer.size !== undefined && pointer.size !== size)
      throw new Error(`${directory}: size is not ${size}`);
    return Object.fromEntries(texts);
  };
  return { images: await read('images'), masks: await read('masks') };
}
