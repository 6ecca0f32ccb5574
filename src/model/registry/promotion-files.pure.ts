import { posix } from 'node:path';
import type { FileChanges } from '../../commits/commit-files.js';
import { updatePointer } from '../../dataset/pointer.js';
import type { PromotionRequest } from '../../ports/registry.js';
import { renderRegistry, type StoredVersion, withPromotion } from './registry-file.pure.js';
import type { RegistryState } from './state.js';

/** What a promotion changes in the repository, in one commit. `ignore`: text of the `.gitignore` beside the model. */
export function promotionFiles(
  state: RegistryState,
  promoted: StoredVersion,
  facts: string | null,
  ignore: string | null,
  request: PromotionRequest,
): FileChanges {
  const { paths, production } = state;
  const { version, at, who, reason, files } = request;
  const promotion = { version, replaced: production?.version ?? null, at, who, reason };
  const name = posix.basename(paths.model);
  const pointer = updatePointer(state.pointer, {
    path: name,
    id: promoted.model,
    size: promoted.size ?? undefined,
  });
  const changes = new Map<string, string | null>([
    [paths.pointer, pointer],
    [paths.facts, facts],
    [paths.registry, renderRegistry(withPromotion(state.file, promoted, production, promotion))],
    [paths.ignore, withLine(ignore, `/${name}`)],
    ...files,
  ]);
  // Beside its pointer, Git must not have it, too: DVC refuses that.
  if (state.plainModel !== null) changes.set(paths.model, null);
  return changes;
}

export function promotionMessage(
  { version, reason }: PromotionRequest,
  replaced: StoredVersion | null,
): string {
  const before = replaced === null ? 'It is the first one.' : `It replaces ${replaced.version}.`;
  return `model: version ${version} is Production\n\n${reason}\n\n${before}\n`;
}

/** As `dvc add` does, so that a model that was pulled is not committed by accident. */
function withLine(text: string | null, line: string): string {
  const lines = (text ?? '').split(/\r?\n/);
  if (text !== null && lines.includes(line)) return text;
  return `${text === null || text === '' || text.endsWith('\n') ? (text ?? '') : `${text}\n`}${line}\n`;
}
