import { type Holder, holdSession, releaseSession } from '../ci/session.js';
import type { CiStep } from '../ci/step.js';
import { dataBranch } from '../ci/target.js';
import { openNobody, openReporter, requireConfig } from '../compose.js';
import { modelFinder, openCloudTools } from '../compose-cloud.js';
import { EXIT, type ExitCode } from '../errors.js';
import type { GitRepository } from '../ports/git-repository.js';
import { openCloudPlace, wantedSession, whoIs } from './cloud-tools.js';
import { githubRun, print } from './model-tools.js';

const ANYWHERE = { engine: null, region: null };

/** Opens a session for the training of the branch, where the settings want one. */
export const sessionStep: CiStep = {
  name: 'session',
  async run({ git, config, reporter }, { branch }) {
    if (config.train.where === 'runner') {
      return {
        facts: { outcome: 'not-wanted', branch },
        lines: ['No session is wanted: train.where is "runner".'],
        exitCode: EXIT.done,
      };
    }
    const prompter = openNobody();
    const cloud = await openCloudTools(git, config, ANYWHERE, prompter);
    const holder = await holderOf(git, branch);
    const session = await holdSession(
      { ...cloud, reporter, prompter },
      {
        wanted: wantedSession(cloud, config, holder.id, undefined),
        model: modelFinder(git, config, cloud.place, prompter),
        hours: config.cloud.hours,
        budget: config.cloud.budgetUsd,
      },
      holder,
    );
    const line = `Session ${session.session} is held for ${branch} until ${session.deadline}.`;
    return { facts: { outcome: 'held', branch, ...session }, lines: [line], exitCode: EXIT.done };
  },
};

/** The last job of a workflow, whatever came before: the branch may be merged and gone. */
export async function runCiStop(name: string | null, flags: { readonly json?: true }): Promise<ExitCode> {
  const { git } = await openCloudPlace({});
  const config = await requireConfig(git);
  const branch = await dataBranch(git, name);
  const prompter = openNobody();
  const reporter = await openReporter();
  try {
    reporter.heading(`stop ${branch}`);
    const cloud = await openCloudTools(git, config, ANYWHERE, prompter);
    const facts = await releaseSession({ ...cloud, reporter, prompter }, await holderOf(git, branch));
    reporter.close();
    const lines = {
      'none-open': 'No session is open.',
      stopped: `The session ${facts.session} of this run is stopped.`,
      left: `The session ${facts.session} goes on: ${facts.why}.`,
    };
    print(flags.json && { branch, ...facts }, ['', lines[facts.outcome]]);
    return (facts.stopped?.left.length ?? 0) > 0 ? EXIT.network : EXIT.done;
  } finally {
    reporter.close();
  }
}

async function holderOf(git: GitRepository, branch: string): Promise<Holder> {
  const run = githubRun(process.env);
  return { id: run ?? `${branch}, by ${await whoIs(git)}`, what: `training of ${branch}` };
}
