import { EXIT, WmsError } from '../../errors.js';
import type { ModelVersion } from '../../ports/registry.js';
import { versionName } from '../describe.pure.js';
import { comparableScores, METADATA_FILE, metadataOf, renderMetadata } from '../metadata.pure.js';
import type { Verdict } from '../verdict.js';
import { beginPromotion, endPromotion, readUnfinished } from './journal.js';
import { commitMetadata } from './metadata-commit.js';
import type { PromotionTools } from './tools.js';

export interface PromotionPlan {
  readonly version: ModelVersion;
  /** What is Production now. */
  readonly production: ModelVersion | null;
  readonly reason: string;
  readonly verdict: Verdict | null;
  /** Address of the workflow run that does this. */
  readonly githubRun: string | null;
}

/**
 * Makes a registered version Production: in the registry, then in `model-metadata.json`, then both read back. Killed
 * in between, `finishPromotion` gets them to one state.
 */
export async function carryOut(tools: PromotionTools, plan: PromotionPlan): Promise<void> {
  const { git, registry, reporter, clock } = tools;
  const { version, production, reason, verdict, githubRun } = plan;
  const at = clock.now();
  const baseline = comparableScores(version, production);
  const metadata = renderMetadata(metadataOf(version, { baseline, githubRun, verdict }));
  await beginPromotion(git.commonDir, { version: version.version, metadata });

  const report = reporter.step('Production');
  report.progress(`asking ${registry.url}`);
  await registry.promote({
    version: version.version,
    expected: production?.version ?? null,
    who: await personOf(tools, at),
    reason,
    at: at.toISOString(),
    files: new Map([[METADATA_FILE, metadata]]),
  });
  await confirm(tools, version.version);
  const replaced = production === null ? 'the first one' : `in place of ${versionName(production.version)}`;
  report.done(`${versionName(version.version)}, ${replaced} · ${registry.url}`);
  await writeMetadata(tools, version.version, metadata);
}

/**
 * Ends what a killed promotion began: where the registry has it already, the metadata follow. Else nothing has
 * happened yet, and it is forgotten. Answers the version that is complete now.
 */
export async function finishPromotion(tools: PromotionTools): Promise<string | null> {
  const unfinished = await readUnfinished(tools.git.commonDir);
  if (unfinished === null) return null;
  const { version, metadata } = unfinished;
  const isProduction = (await tools.registry.production())?.version === version;
  if (isProduction) await writeMetadata(tools, version, metadata);
  else await endPromotion(tools.git.commonDir);
  return isProduction ? version : null;
}

async function writeMetadata(tools: PromotionTools, version: string, text: string): Promise<void> {
  const report = tools.reporter.step('Metadata');
  report.progress('looking at the branch');
  report.done(await commitMetadata(tools, version, text));
  await endPromotion(tools.git.commonDir);
}

async function confirm({ registry }: PromotionTools, version: string): Promise<void> {
  const found = (await registry.production())?.version ?? null;
  if (found === version) return;
  throw new WmsError({
    kind: 'registry/changed',
    code: EXIT.conflict,
    what: `Version ${version} was promoted, but is not Production.`,
    why: `${registry.url} names ${found === null ? 'none' : versionName(found)}: somebody promoted just now.`,
    next: 'npx wms model history',
  });
}

/** `Name <mail>`, as Git knows the person. */
export async function personOf({ git }: Pick<PromotionTools, 'git'>, when: Date): Promise<string> {
  return (await git.personIdent('author', when)).replace(/ \d+ [+-]\d+$/, '');
}
