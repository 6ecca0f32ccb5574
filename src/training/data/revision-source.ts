import { ObjectCache } from '../../dataset/cache/cache.js';
import { fetchObject } from '../../dataset/fetch-object.js';
import { chooseVersion } from '../../dataset/pull/plan.js';
import type { DatasetTools } from '../../dataset/tools.js';
import { EXIT, WmsError } from '../../errors.js';
import type { StepReport } from '../../ports/reporter.js';
import { contentOf } from './content.pure.js';
import type { DataSource } from './source.js';

/** A version of the dataset, read from the cache, else from the store; then it is in the cache. */
export async function openRevision(
  tools: DatasetTools,
  revision: string,
  report: StepReport,
): Promise<DataSource> {
  const cache = new ObjectCache(tools.cache);
  // It ends a step of its own; here there is more to say.
  const ended = {
    done: report.progress,
    skipped: report.progress,
    warned: report.progress,
    failed: report.progress,
  };
  const { commit, version } = await chooseVersion(
    tools,
    cache,
    { revision, force: false },
    { ...report, ...ended },
  );
  return {
    facts: { from: revision, commit, content: contentOf(version) },
    files: version,
    async read(role, { md5, relpath }, signal) {
      const cached = await cache.read(md5);
      if (cached !== null) return cached;
      const bytes = await fetchObject(tools.store, md5, signal);
      if (typeof bytes === 'string') {
        throw new WmsError({
          kind: 'train/object-unavailable',
          code: EXIT.network,
          what: `${tools.config.dataset[role]}/${relpath} could not be had from ${tools.store.url}.`,
          why: `The object ${md5} is ${bytes} there.`,
          next: 'Where this file is, in a working tree or cache, run: npx wms data verify --repair --deep',
        });
      }
      cache.write(md5, bytes);
      return bytes;
    },
  };
}
