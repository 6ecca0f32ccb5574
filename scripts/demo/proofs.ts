import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseManifest } from '../../src/dataset/manifest.js';
import { parsePointer } from '../../src/dataset/pointer.js';
import type { PublishOutcome } from '../../src/publish/outcome.js';
import { ask } from './stage.js';
import type { Stage } from './team.js';

export type Published = Extract<PublishOutcome, { outcome: 'published' }>;

/** What the last push of a clone came to. Throws when it published nothing. */
export async function readPublished(clone: string): Promise<Published> {
  const text = await readFile(join(clone, '.git/wms/last-publish.json'), 'utf8');
  const outcome = JSON.parse(text) as PublishOutcome;
  if (outcome.outcome !== 'published') throw new Error('the push published nothing');
  return outcome;
}

export interface Proof {
  readonly claim: string;
  readonly holds: boolean;
}

export interface Push {
  readonly exitCode: number | undefined;
  readonly published: Published;
  /** Pairs that the dataset had, and that the push brought. */
  readonly existing: number;
  readonly added: number;
  /** What the remote's main and the clone's HEAD were before the push. */
  readonly main: string;
  readonly head: string;
}

/** What must be true after a push, looked up where it can be seen instead of where the program says it. */
export async function proveAll(stage: Stage, clone: string, push: Push): Promise<Proof[]> {
  const { exitCode, published, existing, added } = push;
  const { counts, branch } = published;
  const total = existing + added;
  const raw = await rawFilesOnRemote(stage.remote);
  const stored = await storedFiles(stage, branch);
  const main = await ask(stage.remote, ['git', 'rev-parse', 'main']);
  const head = await ask(clone, ['git', 'rev-parse', 'HEAD']);
  const status = await ask(clone, ['git', 'status', '--porcelain']);
  return [
    {
      claim: 'the push was stopped (exit code 1), main on the remote is where it was',
      holds: exitCode === 1 && main === push.main,
    },
    {
      claim: `the dataset has ${existing} + ${added} = ${total} pairs; every file is in the store, MD5 checked`,
      holds:
        counts.existing === existing &&
        counts.new === added &&
        counts.total === total &&
        stored === 2 * total,
    },
    { claim: 'no commit of any branch on the remote holds an image or a mask', holds: raw.length === 0 },
    {
      claim: 'the clone is as it was: same commit, nothing changed',
      holds: head === push.head && status === '',
    },
    {
      claim: 'the report is written',
      holds: await access(published.report).then(
        () => true,
        () => false,
      ),
    },
  ];
}

/** What must be true when a data branch has gone all its way. */
export async function proveMerged(stage: Stage, branch: string, total: number): Promise<Proof[]> {
  const { remote } = stage;
  const there = await ask(remote, ['git', 'for-each-ref', '--format=%(refname)', `refs/heads/${branch}`]);
  const metadata = JSON.parse(await ask(remote, ['git', 'show', 'main:model-metadata.json']));
  const pointer = await ask(remote, ['git', 'show', 'main:models/production.onnx.dvc']);
  return [
    {
      claim: `main names ${total} pairs, every file in the store, MD5 checked; the data branch is gone`,
      holds: (await storedFiles(stage, 'main')) === 2 * total && there === '',
    },
    {
      claim: `version ${metadata.model_version} is Production: Dice ${metadata.metrics.dice.toFixed(3)}, before ${metadata.baseline.dice.toFixed(3)}`,
      holds: metadata.metrics.dice > metadata.baseline.dice && pointer.includes(metadata.model_md5),
    },
    {
      claim: 'no commit on the remote holds an image or a mask',
      holds: (await rawFilesOnRemote(remote)).length === 0,
    },
  ];
}

async function rawFilesOnRemote(remote: string): Promise<string[]> {
  const objects = await ask(remote, ['git', 'rev-list', '--objects', '--all']);
  return objects.split('\n').filter((line) => /^\w+ data\/training\/(images|masks)\//.test(line));
}

/** How many files of the dataset the store holds, byte for byte. */
async function storedFiles({ remote, store }: Stage, branch: string): Promise<number> {
  let count = 0;
  for (const role of ['images', 'masks']) {
    const path = `data/training/${role}.dvc`;
    const { id } = parsePointer(await ask(remote, ['git', 'show', `${branch}:${path}`]), path);
    const manifest = parseManifest(await readFile(objectPath(store, id)), id, store);
    for (const { md5 } of manifest) {
      const bytes = await readFile(objectPath(store, md5));
      if (createHash('md5').update(bytes).digest('hex') === md5) count += 1;
    }
  }
  return count;
}

function objectPath(store: string, id: string): string {
  return join(store, 'files/md5', id.slice(0, 2), id.slice(2));
}
