import { openPrompter } from '../compose.js';
import { versionName } from '../model/describe.pure.js';
import { type RollbackOutcome, rollback } from '../model/promotion/rollback.js';
import { changingProduction, githubRun, openPromotionTools, print } from './model-tools.js';

export interface RollbackFlags {
  readonly to?: string;
  readonly reason: string;
  readonly json?: true;
}

export async function runModelRollback({ to, reason, json }: RollbackFlags): Promise<void> {
  const tools = await openPromotionTools();
  const prompter = openPrompter();
  const confirm = async (question: string): Promise<boolean> =>
    !prompter.available || tools.reporter.pausedFor(() => prompter.confirm(question, false));
  const options = { to, reason, githubRun: githubRun(process.env), confirm };
  const outcome = await changingProduction(tools, () => rollback(tools, options));
  print(json && outcome, ['', ...describe(outcome)]);
}

function describe({ outcome, version, replaced }: RollbackOutcome): string[] {
  if (outcome === 'already-production') return [`Nothing to do: ${versionName(version)} is Production.`];
  if (outcome === 'declined') return [`Nothing was changed: ${versionName(replaced)} stays Production.`];
  return [
    `Rolled back: ${versionName(version)} is Production in place of ${versionName(replaced)}.`,
    '  Undo     npx wms model rollback --reason TEXT',
    '  Next     npx wms sync brings it to your clone',
  ];
}
