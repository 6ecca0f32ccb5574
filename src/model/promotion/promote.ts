import type { ModelOrigin, ModelVersion } from '../../ports/registry.js';
import { count } from '../../words.js';
import { derivedMetadata } from '../derived-metadata.js';
import { describeScores, versionName } from '../describe.pure.js';
import { renderMetadata } from '../metadata.pure.js';
import type { Verdict } from '../verdict.js';
import { readVerdict } from '../verdict-file.js';
import { type Candidate, findCandidate } from './candidate.js';
import { carryOut, finishPromotion, personOf } from './carry-out.js';
import { objection } from './decide.pure.js';
import { commitMetadata, committedMetadata } from './metadata-commit.js';
import type { PromotionTools } from './tools.js';

export interface PromoteOptions {
  /** FILE, VERSION or RUN. */
  readonly name: string;
  readonly cwd: string;
  readonly reason: string | undefined;
  readonly githubRun: string | null;
  readonly dryRun: boolean;
}

export interface PromoteOutcome {
  readonly outcome: 'promoted' | 'would-promote' | 'already-production';
  readonly registry: string;
  /** Null: it would be registered first. */
  readonly version: string | null;
  readonly replaced: string | null;
  readonly model: string;
}

/**
 * Makes what the gate let through Production. Throws WmsError `gate/undecided` (exit code 11), `gate/not-better` (10),
 * `registry/changed` (6), and has changed nothing then.
 */
export async function promote(tools: PromotionTools, options: PromoteOptions): Promise<PromoteOutcome> {
  const { registry, reporter } = tools;
  const { name, githubRun, dryRun } = options;
  const finished = dryRun ? null : await finishPromotion(tools);
  if (finished !== null) reporter.note(`  The promotion of version ${finished} that was killed is done now.`);
  const candidate = await findCandidate(registry, name, options.cwd);
  const production = await registry.production();
  const outcome = { registry: registry.url, model: candidate.id };
  if (
    production?.model === candidate.id ||
    (production && production.version === candidate.version?.version)
  ) {
    if (!dryRun) await completeMetadata(tools, production);
    return { ...outcome, outcome: 'already-production', version: production.version, replaced: null };
  }
  const verdict = await checkGate(tools, candidate, production);
  const replaced = production?.version ?? null;
  if (dryRun) {
    const version = candidate.version?.version ?? null;
    return { ...outcome, outcome: 'would-promote', version, replaced };
  }
  const version = candidate.version ?? (await register(tools, candidate, verdict));
  const reason = options.reason ?? reasonOf(verdict);
  await carryOut(tools, { version, production, reason, verdict, githubRun });
  return { ...outcome, outcome: 'promoted', version: version.version, replaced };
}

async function checkGate(
  { git, reporter }: PromotionTools,
  candidate: Candidate,
  production: ModelVersion | null,
): Promise<Verdict> {
  const report = reporter.step('Gate');
  const verdict = await readVerdict(git.commonDir, candidate.id);
  const refused = objection(verdict, candidate, production);
  if (refused !== null || verdict === null) {
    report.failed(verdict === null ? 'never asked' : verdict.decision);
    throw refused;
  }
  const over = production === null ? 'the first model' : `better than ${versionName(production.version)}`;
  const images = count(verdict.images, 'test image');
  report.done(`${over} · ${describeScores(verdict.candidate?.scores ?? null)} on ${images}`);
  return verdict;
}

async function register(
  tools: PromotionTools,
  candidate: Candidate,
  verdict: Verdict,
): Promise<ModelVersion> {
  const report = tools.reporter.step('Register');
  report.progress(`to ${tools.registry.url}`);
  const origin: ModelOrigin = {
    ...candidate.training,
    scores: verdict.candidate?.scores ?? null,
    testSplit: verdict.testSplit,
    who: await personOf(tools, tools.clock.now()),
  };
  const version = await tools.registry.register(candidate.files, origin);
  report.done(`${versionName(version.version)} · ${candidate.id}`);
  return version;
}

/** A kill on another machine, or somebody's hand, may have left the file behind. */
async function completeMetadata(tools: PromotionTools, production: ModelVersion): Promise<void> {
  const told = await committedMetadata(tools);
  if (told?.model_version === production.version && told.model_md5 === production.model) return;
  const { registry, reporter } = tools;
  const text = renderMetadata(await derivedMetadata(registry, production));
  reporter.step('Metadata').done(await commitMetadata(tools, production.version, text));
}

function reasonOf({ decision, reasons }: Verdict): string {
  return reasons.join(' ') || `The gate says ${decision}.`;
}
