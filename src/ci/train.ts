import { CONFIG_FILE } from '../config/schema.js';
import { EXIT, WmsError } from '../errors.js';
import { masked } from '../mask.pure.js';
import { readTrainingFacts } from '../model/origin-file.js';
import { personOf } from '../model/promotion/carry-out.js';
import { PLAIN_TRAINING, type TrainOptions, type TrainTools } from '../training/job.js';
import { readModel } from '../training/outputs.js';
import type { TrainStatus } from '../training/status.js';
import { train } from '../training/train.js';
import { readRecord, type TrainingRecord, tellRecord } from './record.js';
import { type CiTarget, followBranch } from './target.js';
import type { CiTools } from './tools.js';
import { isTrainedTip } from './trained.js';

export interface TrainOutcome {
  readonly outcome: 'trained' | 'trained-before';
  readonly training: TrainingRecord;
}

/**
 * One training of what the data branch holds, in the working tree, which must have it checked out. The model becomes a
 * version of the registry, so that jobs on other machines find it. Throws WmsError `ci/not-checked-out`, `ci/no-command`
 * (exit code 2), and what training and the registry throw.
 */
export async function trainBranch(
  tools: CiTools,
  target: CiTarget,
  words: readonly string[],
  signal: AbortSignal,
): Promise<TrainOutcome> {
  const { git, config, notes, reporter } = tools;
  const command = words.length > 0 ? words : config.train.command;
  if (command.length === 0) throw noCommand();
  const known = (await readRecord(notes, target.branch)).training;
  const isTrained = known !== null && (await isTrainedTip(tools, known, target.tip));
  const shown = masked(command, tools.secrets);
  if (isTrained && JSON.stringify(known.command) === JSON.stringify(shown)) {
    reporter.step('Training').skipped(`trained before: version ${known.version}`);
    return { outcome: 'trained-before', training: known };
  }
  await followBranch(git, target, target.tip);
  if ((await git.resolveCommit('HEAD')) !== target.tip) throw notCheckedOut(target);
  const { tools: training, status } = await runTraining(tools, command, signal);
  const register = reporter.step('Register');
  const files = await readModel(status.directory);
  const { result, split } = status;
  if (files === null || result === null) throw new Error(`${status.directory} holds no model`);
  const registry = await tools.openRegistry();
  register.progress(`to ${registry.url}`);
  const scores = result.scores === null ? null : { dice: result.scores.dice, iou: result.scores.iou };
  const { version } = await registry.register(
    { model: files.model, facts: files.facts },
    {
      ...(await readTrainingFacts(status.directory, result.model)),
      scores,
      testSplit: result.scores?.testSplit ?? null,
      who: await personOf({ git }, training.clock.now()),
    },
  );
  register.done(`version ${version} · ${registry.url}`);
  const told: TrainingRecord = {
    tip: target.tip,
    command: [...shown],
    version,
    model: result.model,
    testSplit: split?.testHash ?? null,
    trainedAt: status.updatedAt,
  };
  await tellRecord(notes, target.branch, { training: told, verdict: null, finishedAt: null });
  return { outcome: 'trained', training: told };
}

/** What was trained before on another machine has left no model here: it is trained again. */
async function runTraining(
  { openTraining }: CiTools,
  command: readonly string[],
  signal: AbortSignal,
): Promise<{ tools: TrainTools; status: TrainStatus }> {
  const tools = await openTraining();
  const options: TrainOptions = { ...PLAIN_TRAINING, command, cwd: tools.git.topLevel };
  const status = await train(tools, options, signal);
  const isHere = status.result !== null && (await readModel(status.directory)) !== null;
  return { tools, status: isHere ? status : await train(tools, { ...options, force: true }, signal) };
}

function noCommand(): WmsError {
  return new WmsError({
    kind: 'ci/no-command',
    code: EXIT.usage,
    what: 'Nobody has said how to train.',
    next: `Write it into ${CONFIG_FILE}: "train": { "command": ["python", "train.py"] }; or: npx wms ci train -- python train.py`,
  });
}

function notCheckedOut({ remote, branch, tip }: CiTarget): WmsError {
  return new WmsError({
    kind: 'ci/not-checked-out',
    code: EXIT.usage,
    what: `Training runs the code of ${branch} (${tip.slice(0, 10)}), which is not checked out here.`,
    next: `git fetch ${remote} && git switch ${branch} && git pull --ff-only`,
  });
}
