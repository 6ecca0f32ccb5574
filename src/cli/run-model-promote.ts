import { versionName } from '../model/describe.pure.js';
import { type PromoteOutcome, promote } from '../model/promotion/promote.js';
import { changingProduction, githubRun, openPromotionTools, print } from './model-tools.js';

export interface PromoteFlags {
  readonly dryRun?: true;
  readonly reason?: string;
  readonly json?: true;
}

export async function runModelPromote(name: string, { dryRun, reason, json }: PromoteFlags): Promise<void> {
  const tools = await openPromotionTools();
  tools.reporter.heading(`promote ${name}`);
  const options = {
    name,
    cwd: process.cwd(),
    reason,
    githubRun: githubRun(process.env),
    dryRun: dryRun === true,
  };
  const outcome = await changingProduction(tools, () => promote(tools, options));
  print(json && outcome, ['', ...describe(outcome)]);
}

function describe({ outcome, version, replaced, registry }: PromoteOutcome): string[] {
  const name = version === null ? 'a new version' : versionName(version);
  const instead = replaced === null ? '' : ` in place of ${versionName(replaced)}`;
  if (outcome === 'already-production') return [`Nothing to do: ${name} of ${registry} is that model.`];
  if (outcome === 'would-promote') return [`Would make ${name} Production${instead}. Nothing was changed.`];
  const undo = replaced === null ? [] : ['  Undo     npx wms model rollback --reason TEXT'];
  return [
    `Promoted: ${name} is Production${instead}.`,
    ...undo,
    '  Next     npx wms sync brings it to your clone',
  ];
}
