import { isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';
import type { ObjectId } from '../../ports/object-store.js';

/** Files in Git that name objects: pipelines of DVC, and what the Git registry writes about versions of models. */
const NAMES = ['dvc.lock', 'registry.json', 'version.json'];

/** How paths of files end that name objects. */
export const POINTER_ENDINGS = ['.dvc', ...NAMES];

/** Whether a path of such an ending is one of them, and not something like `my-dvc.lock`. */
export function isPointerPath(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.endsWith('.dvc') || NAMES.includes(name);
}

export interface PointerNames {
  /** Whatever looks like an object. One too many is kept for nothing, one too few would be lost. */
  readonly objects: readonly ObjectId[];
  /** Manifests that must be in this store: outputs of DVC 3 that are not kept elsewhere or nowhere. */
  readonly required: ReadonlySet<ObjectId>;
}

/** What a file names; also one that is broken, or holds the markers of a conflict. */
export function namesIn(text: string): PointerNames {
  const objects = [...new Set(text.match(/(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])(?:\.dir\b)?/g) ?? [])];
  const manifests = objects.filter((id) => id.endsWith('.dir'));
  if (manifests.length === 0) return { objects, required: new Set() };
  const outs = outputsOf(text);
  if (outs === null) return { objects, required: new Set(manifests) };
  const required = outs.filter(isInThisStore).map((out) => textOf(out, 'md5') ?? '');
  return { objects, required: new Set(manifests.filter((id) => required.includes(id))) };
}

/** Null: the text is not what DVC writes. */
function outputsOf(text: string): YAMLMap[] | null {
  const document = parseDocument(text, { schema: 'failsafe' });
  if (document.errors.length > 0 || !isMap(document.contents)) return null;
  const top = document.contents;
  const stages = top.get('stages') ?? top;
  const owners = isMap(stages) ? [top, ...stages.items.map(({ value }) => value)] : [top];
  return owners.flatMap((owner) => {
    const outs = isMap(owner) ? owner.get('outs') : undefined;
    return isSeq(outs) ? outs.items.filter((out) => isMap(out)) : [];
  });
}

/** Without `hash`, DVC 2 wrote it, and the object is in the older layout. */
function isInThisStore(out: YAMLMap): boolean {
  return (
    textOf(out, 'hash') === 'md5' &&
    textOf(out, 'cache') !== 'false' &&
    textOf(out, 'push') !== 'false' &&
    !out.has('remote')
  );
}

function textOf(map: YAMLMap, key: string): string | undefined {
  const node = map.get(key, true);
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined;
}
