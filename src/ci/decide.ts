import { EXIT, WmsError } from '../errors.js';
import { masked } from '../mask.pure.js';
import { verdictMarkdown } from '../model/gate/markdown.pure.js';
import { productionSide, registeredSide } from '../model/gate/read-side.js';
import { type GateOutcome, runGate } from '../model/gate/run.js';
import { objection } from '../model/promotion/decide.pure.js';
import type { Verdict } from '../model/verdict.js';
import { datasetTestPairs } from '../training/data/test-pairs.js';
import { count } from '../words.js';
import { keepPictures, type Pictures, picturesMarkdown } from './pictures.js';
import { readRecord, type TrainingRecord, tellRecord } from './record.js';
import type { CiTarget } from './target.js';
import { gently, tellHost, verdictStatus } from './tell-host.js';
import type { CiTools } from './tools.js';

export interface DecideOutcome {
  readonly verdict: Verdict;
  readonly training: TrainingRecord;
  readonly pictures: Pictures | null;
  /** Null where an earlier job has decided. */
  readonly gate: GateOutcome | null;
}

/**
 * Is the branch's candidate better than Production? What was decided before holds while the same model is Production.
 * Throws WmsError `ci/not-trained` (exit code 2) and what the registry throws; all else is in the verdict.
 */
export async function decideBranch(tools: CiTools, target: CiTarget): Promise<DecideOutcome> {
  const { branch } = target;
  const { notes, reporter, runner, config, clock } = tools;
  const { training, verdict: known, pictures: kept } = await readRecord(notes, branch);
  if (training === null) throw notTrained(branch);
  const registry = await tools.openRegistry();
  const production = reporter.step('Production');
  const images = reporter.step('Test images');
  const scores = reporter.step('Scores');
  const now = await registry.production();
  if (known !== null && known.decision !== 'undecided' && known.candidate?.model === training.model) {
    const moved = objection(known, { id: training.model, name: training.version }, now);
    const isDone = now?.model === training.model;
    if (moved?.kind !== 'registry/changed' || isDone) {
      production.done(now === null ? 'none yet' : `version ${now.version}`);
      images.skipped('decided before');
      scores.skipped('decided before');
      return { verdict: known, training, pictures: kept, gate: null };
    }
  }
  const { version } = training;
  const name = `version ${version}`;
  const gate = await runGate({
    runner,
    clock,
    rules: config.gate,
    candidate: await registeredSide(registry, version, { name, path: version, keptOut: training.testSplit }),
    async baseline() {
      const side = await productionSide(registry);
      production.done(side?.name ?? 'none yet');
      return side;
    },
    async testPairs() {
      const pairs = await datasetTestPairs(tools, training.tip, images);
      images.done(count(pairs.length, 'pair'));
      return pairs;
    },
    ownSplit: true,
    pictures: true,
    onProgress: (done, of) => scores.progress(`${done}/${of} images`),
  });
  if (gate.images.length > 0) scores.done(count(gate.images.length, 'image'));
  else scores.warned(gate.verdict.reasons.join(' '));
  const verdict = withoutSecrets(gate.verdict, tools.secrets);
  let pictures: Pictures | null = null;
  await gently(tools, async () => {
    pictures = await keepPictures(tools, target, gate.drawn, new Date(verdict.decidedAt));
  });
  await tellRecord(notes, branch, { verdict, pictures });
  return { verdict, training, pictures, gate };
}

/** What kept the gate from deciding may be an address, with a password in it. */
function withoutSecrets(verdict: Verdict, secrets: readonly string[]): Verdict {
  const { reasons, next } = verdict;
  return { ...verdict, ...masked({ reasons, next }, secrets) };
}

/** The verdict as a comment of the pull request, and as the state of the commit that was judged. */
export function tellDecision(
  tools: CiTools,
  target: CiTarget,
  { verdict, pictures }: Pick<DecideOutcome, 'verdict' | 'pictures'>,
  githubRun: string | null,
): Promise<void> {
  const text = verdictMarkdown({ ...verdict, next: null });
  return tellHost(tools, target, async (host, pullRequest) => {
    const shown = pictures === null ? [] : [picturesMarkdown(host, target, pictures)];
    if (pullRequest !== null) await host.saveComment(pullRequest, 'gate', [text, ...shown].join('\n'));
    await host.saveStatus(target.tip, verdictStatus(verdict, githubRun));
  });
}

function notTrained(branch: string): WmsError {
  return new WmsError({
    kind: 'ci/not-trained',
    code: EXIT.usage,
    what: `No training of ${branch} has ended well, so there is nothing to decide about.`,
    next: `With ${branch} checked out: npx wms ci train`,
  });
}
