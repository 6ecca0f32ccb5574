import { basename, dirname } from 'node:path';
import { EXIT, WmsError } from '../../errors.js';
import type { TrackedRun } from '../../ports/tracking-server.js';
import { codeTree } from '../code-tree.js';
import { findFinished } from '../earlier-runs.js';
import { found, type TrainJob } from '../job.js';
import { runKey } from '../run-key.pure.js';
import { BY, TAGS } from '../stale-runs.js';
import type { Step } from '../step.js';

/** The same training was done before. No failure: there is a model. */
export class DoneBefore extends Error {
  /** @param earlier for people: a directory, or a run of the tracking server */
  constructor(readonly earlier: string) {
    super(`done before: ${earlier}`);
  }
}

/** Names the run by everything that decides what it comes to, and starts it on the tracking server. */
export const run: Step = {
  title: 'Run',
  async run(job, report) {
    const { tools, options, findings } = job;
    const { git, config } = tools;
    const commit = await git.resolveCommit('HEAD');
    if (commit === null) throw noCommit();
    const code = await codeTree(git, config);
    const isDirty = code !== (await git.treeOf(commit));
    const { command, seed, sampling, candidate, salt } = options;
    const { facts } = found(job, 'source');
    const key = runKey({
      command,
      settings: config.train,
      code,
      data: facts.content,
      split: found(job, 'split').hash,
      sampling,
      seed,
      candidate,
      salt,
    });
    findings.key = key;
    job.status.code = { commit, isDirty };
    job.status.key = key;
    if (!options.force) await refuseRepetition(job, key);
    const started = await startTracked(job, key, commit, isDirty);
    findings.run = started;
    const tracked = started === null ? '' : ` · MLflow run ${started.id}`;
    const text = `${key.slice(0, 12)}${tracked}`;
    if (isDirty) report.warned(`${text} · the code has changes that are not committed`);
    else report.done(text);
  },
};

async function refuseRepetition(job: TrainJob, key: string): Promise<void> {
  const here = await findFinished(dirname(job.directory), key);
  if (here !== null) throw new DoneBefore(here.directory);
  const { tracking } = job.tools;
  const experimentId = found(job, 'experimentId');
  if (tracking === null || experimentId === null) return;
  const tags = { [TAGS.runKey]: key };
  const [there] = await tracking.findRuns({ experimentId, status: 'FINISHED', tags });
  if (there !== undefined) throw new DoneBefore(`run ${there.id} (${there.name}) of ${tracking.url}`);
}

async function startTracked(
  job: TrainJob,
  key: string,
  commit: string,
  isDirty: boolean,
): Promise<TrackedRun | null> {
  const { tracking, clock, config } = job.tools;
  const experimentId = found(job, 'experimentId');
  if (tracking === null || experimentId === null) return null;
  const { candidate, group, command } = job.options;
  const { facts } = found(job, 'source');
  const split = found(job, 'split');
  const at = clock.now().getTime();
  const name = basename(job.directory);
  const started = await tracking.startRun({
    experimentId,
    name,
    // A failed run must not be taken up again under its number: each attempt is a run of its own.
    key: `${key}-${name}`,
    tags: {
      [TAGS.by]: BY,
      [TAGS.runKey]: key,
      [TAGS.alive]: String(at),
      'wms.command': command.join(' '),
      'wms.code': `${commit}${isDirty ? ' with changes' : ''}`,
      'wms.data': facts.commit ?? facts.content,
      'wms.testSplit': split.testHash,
      ...(candidate === null ? {} : { 'wms.candidate': candidate }),
      ...(group === null ? {} : { 'wms.group': group }),
    },
    at,
  });
  // Whatever fails from here on ends it.
  job.findings.run = started;
  const { status } = await tracking.readRun(started.id);
  if (status !== 'RUNNING') throw notConfirmed(tracking.url, started.id, status);
  job.status.tracking = { uri: tracking.url, experiment: config.tracking.experiment, runId: started.id };
  return started;
}

function noCommit(): WmsError {
  return new WmsError({
    kind: 'train/no-commit',
    code: EXIT.usage,
    what: 'This repository has no commit yet.',
    next: 'git add --all && git commit',
  });
}

function notConfirmed(url: string, id: string, status: string): WmsError {
  return new WmsError({
    kind: 'train/run-not-confirmed',
    code: EXIT.network,
    what: `${url} took the run ${id}, but says that it is ${status}.`,
    next: 'npx wms mlflow check',
  });
}
