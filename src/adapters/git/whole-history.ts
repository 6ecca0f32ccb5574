import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { GitRepository, Oid } from '../../ports/git-repository.js';
import type { FileVersion, Gap, WholeHistory, WorkingFile } from '../../ports/whole-history.js';
import { fetchAll, places } from './everywhere.js';
import { environmentForGit, fields, type Git, openGit } from './git.js';
import { parseRawDiffs } from './history.js';
import { listTree } from './trees.js';

/** Commits that Git remembers outside of refs and reflogs. */
const REMEMBERED = [
  'FETCH_HEAD',
  'ORIG_HEAD',
  'MERGE_HEAD',
  'MERGE_AUTOSTASH',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'REBASE_HEAD',
  'BISECT_HEAD',
  'rebase-merge/autostash',
  'rebase-merge/orig-head',
  'rebase-apply/autostash',
  'rebase-apply/orig-head',
];

export function openWholeHistory(repository: GitRepository, env: NodeJS.ProcessEnv): WholeHistory {
  const { topLevel, gitDir, commonDir, zeroOid } = repository;
  const within = (place: WorkingPlace): Git => {
    const variables = {
      GIT_DIR: place.gitDir,
      GIT_WORK_TREE: place.path ?? topLevel,
      // What a replacement hides is history all the same.
      GIT_NO_REPLACE_OBJECTS: '1',
    };
    return openGit(place.path ?? topLevel, environmentForGit(env, variables));
  };
  const git = within({ gitDir, path: topLevel });
  const workingPlaces = () => findWorkingPlaces(repository);
  return {
    gap: () => gapOf(git, commonDir),
    places: () => places(git),
    fetchAll: (place) => fetchAll(git, place),

    async versions(tips, endings) {
      const known = await existing(git, await remembered(await workingPlaces(), zeroOid.length));
      const found = [
        ...(await inCommits(git, [...tips, ...known], endings)),
        ...(await inTrees(git, tips, endings)),
      ];
      for (const place of await workingPlaces())
        found.push(...(await inIndex(within(place), place, endings)));
      return found;
    },

    async workingFiles(endings) {
      const found: WorkingFile[] = [];
      for (const place of await workingPlaces()) {
        if (place.path === null) continue;
        const { stdout } = await within(place).run(['ls-files', '-z', '--cached', '--others']);
        const names = new Set(fields(stdout).filter((path) => hasEnding(path, endings)));
        for (const name of names) {
          const path = join(place.path, name);
          const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
            if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(error.code ?? '')) return null;
            throw error;
          });
          if (bytes !== null) found.push({ path, bytes });
        }
      }
      return found;
    },
  };
}

interface WorkingPlace {
  readonly gitDir: string;
  /** Null: its directory is gone, its index and HEAD are not. */
  readonly path: string | null;
}

async function findWorkingPlaces({ commonDir, gitDir, topLevel }: GitRepository): Promise<WorkingPlace[]> {
  const linked = await readdir(join(commonDir, 'worktrees')).catch(() => []);
  const others = await Promise.all(
    linked.map(async (name): Promise<WorkingPlace> => {
      const directory = join(commonDir, 'worktrees', name);
      const told = (await readFile(join(directory, 'gitdir'), 'utf8').catch(() => '')).trim();
      const path = dirname(told);
      return { gitDir: directory, path: told !== '' && existsSync(path) ? path : null };
    }),
  );
  // The main working tree's place is not written down when it is elsewhere: then this is one of the others.
  const main = commonDir === gitDir ? topLevel : dirname(commonDir);
  const hasMain = basename(commonDir) === '.git' || commonDir === gitDir;
  return [{ gitDir: commonDir, path: hasMain ? main : null }, ...others];
}

async function gapOf(git: Git, commonDir: string): Promise<Gap | null> {
  if ((await git.text(['rev-parse', '--is-shallow-repository'])) === 'true') return 'shallow';
  const settings = [
    '--get-regexp',
    '^(remote\\..*\\.(promisor|partialclonefilter)|extensions\\.partialclone)$',
  ];
  if ((await git.run(['config', ...settings], { answers: [0, 1] })).code === 0) return 'partial';
  const grafts = await readFile(join(commonDir, 'info', 'grafts'), 'utf8').catch(() => '');
  return /^[0-9a-f]/m.test(grafts) ? 'grafted' : null;
}

async function remembered(at: readonly WorkingPlace[], digits: number): Promise<Oid[]> {
  const files = at.flatMap(({ gitDir }) => REMEMBERED.map((name) => join(gitDir, name)));
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const oid = new RegExp(`^[0-9a-f]{${digits}}\\b`, 'gm');
  return texts.flatMap((text) => text.match(oid) ?? []);
}

async function existing(git: Git, oids: readonly Oid[]): Promise<Oid[]> {
  return (await typesOf(git, oids)).filter(({ type }) => type === 'commit').map(({ oid }) => oid);
}

/** Of what a tag points to, in the end; `missing` where there is nothing. */
async function typesOf(git: Git, oids: readonly Oid[]): Promise<{ oid: Oid; type: string }[]> {
  if (oids.length === 0) return [];
  const input = oids.map((oid) => `${oid}^{}\n`).join('');
  const text = await git.text(['cat-file', '--batch-check=%(objectname) %(objecttype)'], { input });
  return text.split('\n').map((line, at) => {
    const [oid = '', type = ''] = line.split(' ');
    return type === 'missing' ? { oid: oids[at] ?? '', type } : { oid, type };
  });
}

/**
 * What each commit changed against its first parent. A version that a commit has and its first parent has not is in
 * that difference, so the differences of all commits hold all versions; `rev-list --objects` would not do, because it
 * tells one name only of a blob that has several.
 */
async function inCommits(git: Git, tips: readonly Oid[], endings: readonly string[]): Promise<FileVersion[]> {
  const input = tips.map((oid) => `${oid}\n`).join('');
  const listed = await git.text(['rev-list', '--parents', '--all', '--reflog', '--stdin'], { input });
  if (listed === '') return [];
  const pairs = listed.split('\n').map((line) => line.split(' ', 2).join(' '));
  const args = ['-r', '-z', '--raw', '--no-renames', '--no-abbrev', '--root', '--diff-filter=d'];
  const paths = endings.map((ending) => `*${ending}`);
  const { stdout } = await git.run(
    ['--no-literal-pathspecs', 'diff-tree', '--stdin', ...args, '--', ...paths],
    { input: `${pairs.join('\n')}\n` },
  );
  const found: FileVersion[] = [];
  for (const [commit, changes] of parseRawDiffs(fields(stdout))) {
    for (const { path, newMode, newOid } of changes) {
      if (isFile(newMode) && hasEnding(path, endings))
        found.push({ path, blob: newOid, isLink: newMode === '120000', where: commit.slice(0, 10) });
    }
  }
  return found;
}

/** Tags may name trees without any commit. */
async function inTrees(git: Git, tips: readonly Oid[], endings: readonly string[]): Promise<FileVersion[]> {
  const local = await git.text(['for-each-ref', '--format=%(objectname)']);
  const oids = [...new Set([...tips, ...local.split('\n').filter((oid) => oid !== '')])];
  const trees = (await typesOf(git, oids)).filter(({ type }) => type === 'tree');
  const found: FileVersion[] = [];
  for (const { oid: tree } of trees) {
    for (const { path, mode, oid: blob } of await listTree(git, ['-r', tree])) {
      if (isFile(mode) && hasEnding(path, endings))
        found.push({ path, blob, isLink: mode === '120000', where: `the tree ${tree.slice(0, 10)}` });
    }
  }
  return found;
}

async function inIndex(
  git: Git,
  { gitDir, path: place }: WorkingPlace,
  endings: readonly string[],
): Promise<FileVersion[]> {
  const { stdout } = await git.run(['ls-files', '-z', '--stage']);
  return fields(stdout).flatMap((line): FileVersion[] => {
    const tab = line.indexOf('\t');
    const [mode = '', blob = ''] = line.slice(0, tab).split(' ');
    const path = line.slice(tab + 1);
    if (!isFile(mode) || !hasEnding(path, endings)) return [];
    return [{ path, blob, isLink: mode === '120000', where: `the index of ${place ?? gitDir}` }];
  });
}

const hasEnding = (path: string, endings: readonly string[]): boolean =>
  endings.some((ending) => path.endsWith(ending));

const isFile = (mode: string): boolean => mode.startsWith('100') || mode === '120000';
