import { EXIT, isWmsError, WmsError } from '../../errors.js';
import type { ObjectStore } from '../../ports/object-store.js';
import { type Manifest, parseManifest } from '../manifest.js';
import { hasFile } from '../pairs.js';
import { parsePointer } from '../pointer.js';
import type { Versions } from '../three-way.js';
import { splitMarkers } from './markers.js';

/** One version of a dataset directory. */
export interface DirectoryVersion {
  /** The pointer; null when this version has none, and the directory is empty. */
  readonly text: string | null;
  /** Of the manifest. */
  readonly id: string | null;
  readonly manifest: Manifest;
  /** Sum of the files' bytes as the pointer tells it. */
  readonly size: number | undefined;
}

/** Versions of one pointer, by its texts. */
interface VersionLoader {
  one(text: string | null): Promise<DirectoryVersion>;
  /** The base may be a conflict of several common ancestors. */
  all(texts: Versions<string | null>): Promise<Versions<DirectoryVersion>>;
}

/**
 * What texts of the pointer `file` name. Manifests come from the store, each once: a fresh clone has no other copy.
 * Throws WmsError of the pointers and of the store, and `dataset/manifest-missing` (exit code 5).
 */
export function openVersions(store: ObjectStore, file: string): VersionLoader {
  const loaded = new Map<string, Promise<Manifest>>();
  const one = async (text: string | null): Promise<DirectoryVersion> => {
    if (text === null) return { text, id: null, manifest: [], size: 0 };
    const { id, size } = parsePointer(text, file);
    if (!id.endsWith('.dir')) throw singleFile(file, id);
    const manifest = loaded.get(id) ?? loadManifest(store, file, id);
    loaded.set(id, manifest);
    return { text, id, manifest: await manifest, size };
  };
  const base = async (text: string | null): Promise<DirectoryVersion> => {
    const both = text === null ? null : splitMarkers(text);
    if (both === null) return one(text);
    const [ours, theirs] = await Promise.all([one(both.ours), one(both.theirs)]);
    return { text: null, id: null, manifest: inBoth(ours.manifest, theirs.manifest), size: undefined };
  };
  const all = async (texts: Versions<string | null>): Promise<Versions<DirectoryVersion>> => {
    const [ofBase, ours, theirs] = await Promise.all([base(texts.base), one(texts.ours), one(texts.theirs)]);
    return { base: ofBase, ours, theirs };
  };
  return { one, all };
}

/**
 * Branches that were merged into each other before have several common ancestors. Git merges these first, and when they
 * conflict, the base is a conflict. What its two sides disagree about counts as new on both branches.
 */
function inBoth(one: Manifest, other: Manifest): Manifest {
  return one.filter(({ relpath, md5 }) => hasFile(other, relpath, md5));
}

async function loadManifest(store: ObjectStore, file: string, id: string): Promise<Manifest> {
  const bytes = await store.get(id).catch((error: unknown) => {
    throw isWmsError(error, 'store/object-missing') ? manifestMissing(file, id, store.url) : error;
  });
  return parseManifest(bytes, id, store.url);
}

function singleFile(file: string, id: string): WmsError {
  return new WmsError({
    kind: 'dataset/wrong-pointer',
    code: EXIT.usage,
    what: `${file} is the pointer of a single file.`,
    why: `Its md5 (${id}) does not end in ".dir": there is nothing in it that could be merged.`,
    next: `Decide for one side: git checkout --ours -- ${file} (or --theirs), then git add it.`,
  });
}

function manifestMissing(file: string, id: string, url: string): WmsError {
  return new WmsError({
    kind: 'dataset/manifest-missing',
    code: EXIT.network,
    what: `The manifest ${id} is not in ${url}.`,
    why: `A version of ${file} in this merge names it: without it nobody can tell what was added and what deleted.`,
    next: 'On the machine that has this version, run: dvc push. If the store moved, correct .dvc/config.',
  });
}
