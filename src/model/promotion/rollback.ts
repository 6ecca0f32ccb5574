import { EXIT, WmsError } from '../../errors.js';
import type { ModelVersion, Registry } from '../../ports/registry.js';
import { versionName } from '../describe.pure.js';
import { findVersion } from '../find-version.js';
import { carryOut, finishPromotion } from './carry-out.js';
import type { PromotionTools } from './tools.js';

export interface RollbackOptions {
  /** Default: what the last promotion replaced. */
  readonly to: string | undefined;
  readonly reason: string;
  readonly githubRun: string | null;
  /** Asked before anything changes. */
  readonly confirm: (question: string) => Promise<boolean>;
}

export interface RollbackOutcome {
  readonly outcome: 'rolled-back' | 'declined' | 'already-production';
  readonly registry: string;
  readonly version: string;
  readonly replaced: string;
}

/**
 * An earlier version becomes Production again; its files are read from the registry first. Throws WmsError
 * `registry/nothing-before`, `registry/no-such-version` (exit code 2), `registry/changed` (6).
 */
export async function rollback(tools: PromotionTools, options: RollbackOptions): Promise<RollbackOutcome> {
  const { registry, reporter } = tools;
  reporter.heading('roll back Production');
  const finished = await finishPromotion(tools);
  if (finished !== null) reporter.note(`  The promotion of version ${finished} that was killed is done now.`);
  const production = await registry.production();
  if (production === null) throw noProduction(registry);
  const target = await findVersion(registry, options.to ?? (await replacedBy(registry, production)));
  const { version } = target;
  const outcome = { registry: registry.url, version, replaced: production.version };
  if (version === production.version) return { ...outcome, outcome: 'already-production' };
  const report = reporter.step('Model');
  report.progress('reading it');
  const { model } = await registry.load(version);
  report.done(`${versionName(version)} is there · ${(model.length / 1e6).toFixed(1)} MB`);
  const question = `Make ${versionName(version)} Production in place of ${versionName(production.version)}?`;
  if (!(await options.confirm(question))) return { ...outcome, outcome: 'declined' };
  const { reason, githubRun } = options;
  await carryOut(tools, { version: target, production, reason, verdict: null, githubRun });
  return { ...outcome, outcome: 'rolled-back' };
}

async function replacedBy(registry: Registry, production: ModelVersion): Promise<string> {
  const [last] = await registry.promotions();
  if (last?.version !== production.version)
    throw nothingBefore(
      registry,
      `${versionName(production.version)} did not get there through the registry.`,
    );
  if (last.replaced === null)
    throw nothingBefore(registry, `${versionName(production.version)} is the first one.`);
  return last.replaced;
}

function noProduction(registry: Registry): WmsError {
  return new WmsError({
    kind: 'registry/nothing-before',
    code: EXIT.usage,
    what: `${registry.url} has no Production model that could be rolled back.`,
    next: 'npx wms model history',
  });
}

function nothingBefore(registry: Registry, why: string): WmsError {
  return new WmsError({
    kind: 'registry/nothing-before',
    code: EXIT.usage,
    what: `${registry.url} does not tell what was Production before.`,
    why,
    next: 'Name a version: npx wms model rollback --to VERSION --reason TEXT (npx wms model history lists them)',
  });
}
