import { collectGarbage, type GcOutcome } from '../../src/dataset/gc/gc.js';
import type { GcTools } from '../../src/dataset/gc/tools.js';
import { manifestId, serialiseManifest } from '../../src/dataset/manifest.js';
import { updatePointer } from '../../src/dataset/pointer.js';
import type { GitRepository } from '../../src/ports/git-repository.js';
import { objectKey } from '../../src/ports/object-store.js';
import type { WholeHistory } from '../../src/ports/whole-history.js';
import { md5Of } from './manifests.js';
import type { MemoryPlace } from './memory-place.js';
import { noPrompter } from './no-prompter.js';
import { silentReporter } from './silent-reporter.js';

/** A file's bytes and name in the store. */
export function fileOf(content: string): { id: string; bytes: Buffer } {
  return { id: md5Of(content), bytes: Buffer.from(content) };
}

export function manifestOf(contents: readonly string[]): { id: string; bytes: Buffer } {
  const entries = [...new Set(contents)].map((content) => ({
    md5: md5Of(content),
    relpath: `${content}.png`,
  }));
  const bytes = serialiseManifest(entries);
  return { id: manifestId(bytes), bytes };
}

/** A clone without files: its history is the texts of the pointers that some ref reaches. */
export class Pointers {
  readonly texts: string[] = [];

  add(id: string): void {
    this.texts.push(updatePointer(null, { path: 'out', id }));
  }

  readonly git = {
    topLevel: '/clone',
    commonDir: '/nonexistent/.git',
    readObjects: (blobs: readonly string[]) => this.#read(blobs),
  } as unknown as GitRepository;

  history(pause: (label: string) => Promise<unknown> = async () => undefined): WholeHistory {
    return {
      gap: async () => null,
      places: async () => ['origin'],
      fetchAll: async () => [],
      workingFiles: async () => [],
      versions: async () => {
        await pause('read the refs');
        return this.texts.map((_, at) => ({
          path: 'out.dvc',
          blob: String(at),
          isLink: false,
          where: 'main',
        }));
      },
    };
  }

  async *#read(blobs: readonly string[]) {
    for (const oid of blobs) yield { oid, bytes: Buffer.from(this.texts[Number(oid)] ?? '') };
  }
}

export function runGc(
  place: MemoryPlace,
  pointers: Pointers,
  options: { grace: number; history?: WholeHistory },
): Promise<GcOutcome> {
  const { store, notes, cleaner } = place;
  const history = options.history ?? pointers.history();
  const tools: GcTools = {
    clones: [{ git: pointers.git, history }],
    store,
    notes,
    cleaner,
    caches: [],
    reporter: silentReporter(),
    prompter: noPrompter,
  };
  return collectGarbage(tools, { grace: options.grace, dryRun: false, yes: true }, () => undefined);
}

export function keyOf(content: string): string {
  return objectKey(md5Of(content));
}
