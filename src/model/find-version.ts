import { EXIT, WmsError } from '../errors.js';
import type { ModelVersion, Registry } from '../ports/registry.js';

/**
 * The version that `name` names: `3`, `v3`, or the id of the run that it came from (the newest of several). Throws
 * WmsError `registry/no-such-version` (exit code 2).
 */
export async function findVersion(registry: Registry, name: string): Promise<ModelVersion> {
  const versions = await registry.versions();
  const number = name.replace(/^v(?=\d+$)/, '');
  const found =
    versions.find(({ version }) => version === number) ?? versions.find(({ runId }) => runId === name);
  if (found !== undefined) return found;
  const known = versions.map(({ version }) => version);
  throw new WmsError({
    kind: 'registry/no-such-version',
    code: EXIT.usage,
    what: `${registry.url} has no model version or run ${name}.`,
    why: known.length === 0 ? 'It has no versions yet.' : `It has ${known.slice(0, 10).join(', ')}.`,
    next: 'npx wms model history',
  });
}
