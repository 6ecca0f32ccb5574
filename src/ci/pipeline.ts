import { EXIT } from '../errors.js';
import { exitCodeOf } from '../model/gate/exit-code.pure.js';
import { verdictMarkdown } from '../model/gate/markdown.pure.js';
import { describeVerdict } from '../model/gate/text.pure.js';
import { showPath } from '../show-path.js';
import { checkBranch } from './check.js';
import { tellCounts } from './counts.pure.js';
import { decideBranch, tellDecision } from './decide.js';
import { endingOf } from './ending.pure.js';
import { finishBranch } from './finish.js';
import { ingestBranch } from './ingest.js';
import { savePullRequest } from './pr.js';
import { rebaseBranch } from './rebase.js';
import { tellRecord } from './record.js';
import type { CiStep } from './step.js';
import { intoOf } from './target.js';
import { trainBranch } from './train.js';

const check: CiStep = {
  name: 'check',
  async run(tools, target) {
    const { smoke, ...facts } = await checkBranch(tools, target);
    const told = smoke && {
      model: smoke.model,
      images: smoke.scores.length,
      medianDice: smoke.medianDice,
      lowestDice: smoke.lowest.dice,
      lowest: smoke.lowest.name,
    };
    const { tip, objects } = facts;
    const warnings = facts.warnings.map(({ path, message }) => ({ path, message }));
    await tellRecord(tools.notes, target.branch, { check: { tip, objects, warnings, smoke: told } });
    return {
      facts: { outcome: 'checked', ...facts, smoke: told },
      lines: [
        `Checked ${target.branch}: ${tellCounts(facts.counts)}`,
        ...facts.warnings.map(({ path, message }) => `  ⚠ ${showPath(path)} ${message}`),
      ],
      exitCode: EXIT.done,
    };
  },
};

const ingest: CiStep = {
  name: 'ingest',
  async run(tools, target) {
    const facts = await ingestBranch(tools, target);
    const { branch } = target;
    const line =
      facts.outcome === 'ingested'
        ? `The files of ${branch} are in the store; the branch holds pointers now.`
        : `${branch} has no raw files that wait for the store.`;
    return { facts, lines: [line], exitCode: EXIT.done };
  },
};

const pr: CiStep = {
  name: 'pr',
  async run(tools, target) {
    const { description, pullRequest } = await savePullRequest(tools, target);
    const { id, url, state } = pullRequest;
    return {
      facts: { id, url, state, ...description },
      text: description.body,
      lines: [description.title],
      exitCode: EXIT.done,
    };
  },
};

const rebase: CiStep = {
  name: 'rebase',
  async run(tools, before) {
    const { outcome, target } = await rebaseBranch(tools, before);
    const { branch, tip } = target;
    const line =
      outcome === 'merged'
        ? `${branch} has what ${intoOf(target)} has: ${tip.slice(0, 10)}`
        : `${branch} is up to date with ${intoOf(target)}.`;
    return { facts: { outcome, branch, tip }, lines: [line], exitCode: EXIT.done };
  },
};

const train: CiStep = {
  name: 'train',
  async run(tools, target, { command, signal }) {
    const { outcome, training } = await trainBranch(tools, target, command, signal);
    const how = outcome === 'trained' ? 'Trained' : 'Trained before';
    return {
      facts: { outcome, branch: target.branch, ...training },
      lines: [`${how}: candidate version ${training.version}`],
      exitCode: EXIT.done,
    };
  },
};

const decide: CiStep = {
  name: 'decide',
  async run(tools, target, { githubRun }) {
    const decided = await decideBranch(tools, target);
    const { verdict, training } = decided;
    await tellDecision(tools, target, decided, githubRun);
    return {
      facts: { branch: target.branch, version: training.version, ...verdict },
      lines: describeVerdict({ ...verdict, next: null }),
      summary: verdictMarkdown({ ...verdict, next: null }),
      exitCode: exitCodeOf(verdict.decision),
    };
  },
};

const finish: CiStep = {
  name: 'finish',
  async run(tools, target, { githubRun }) {
    const outcome = await finishBranch(tools, target, githubRun);
    const { verdict } = outcome;
    return {
      facts: outcome,
      lines: endingOf(outcome, target),
      exitCode: outcome.outcome === 'blocked' && verdict ? exitCodeOf(verdict.decision) : EXIT.done,
    };
  },
};

/** The workflow's jobs, in its order. */
export const CI_STEPS: readonly CiStep[] = [ingest, check, pr, rebase, train, decide, finish];
