import type { NotRemoved } from '../../ports/store-cleaner.js';
import { grouped } from '../../words.js';
import { whileCleaning } from '../claims/while-cleaning.js';
import { type Amount, type Kept, NOTHING, total } from './decide.pure.js';
import { deleteUnused } from './delete.js';
import { needsYes } from './refusals.js';
import type { CloneFacts } from './roots.js';
import { type Survey, Surveyor } from './survey.js';
import { amount } from './text.pure.js';
import type { GcTools } from './tools.js';

export interface GcOptions {
  /** Age in milliseconds from which an unused object may be deleted. */
  readonly grace: number;
  readonly dryRun: boolean;
  /** Delete without a question. */
  readonly yes: boolean;
}

export interface GcOutcome {
  readonly outcome: 'deleted' | 'planned' | 'declined' | 'nothing-to-delete';
  readonly store: string;
  /** Clones whose objects were counted. */
  readonly clones: readonly CloneFacts[];
  /** What no pointer names and is old enough. */
  readonly unused: Amount & { readonly manifests: number };
  readonly kept: Readonly<Record<Kept, Amount>>;
  readonly deleted: Amount;
  /** Keys that the store did not delete. */
  readonly failed: readonly NotRemoved[];
}

/** Shows what would be deleted before anybody is asked. */
export type Show = (outcome: GcOutcome) => void;

/**
 * Deletes objects that nothing names. What was shown is deleted, less what has found a use since: when a person has
 * agreed, everything is looked at once more, under a note that makes publishes wait (see `claimObjects`).
 */
export async function collectGarbage(tools: GcTools, options: GcOptions, show: Show): Promise<GcOutcome> {
  const surveyor = new Surveyor(tools, options.grace);
  const shown = await surveyor.survey();
  const outcome = outcomeOf(tools.store.url, shown);
  if (shown.unused.length === 0) return { ...outcome, outcome: 'nothing-to-delete' };
  show(outcome);
  if (options.dryRun) return outcome;
  if (!(await isAgreed(tools, options, outcome.unused))) return { ...outcome, outcome: 'declined' };
  const waiting = {
    onWait: () => tools.reporter.note('  Another gc deletes objects there; waiting until it has ended.'),
  };
  return whileCleaning(tools, waiting, async (fence) => {
    tools.reporter.note('\n  Looking again, while publishes wait:');
    const now = await surveyor.survey();
    const known = new Set(shown.unused.map(({ key }) => key));
    const both = now.unused.filter(({ key }) => known.has(key));
    const step = tools.reporter.step('Delete');
    const progress = ({ objects }: Amount) =>
      step.progress(`${grouped(objects)}/${grouped(both.length)} objects`);
    const { deleted, failed } = await deleteUnused(tools.cleaner, both, fence, progress);
    if (failed.length === 0) await tools.cleaner.remove(now.expiredClaims);
    if (failed.length === 0) step.done(amount(deleted));
    else step.warned(`${amount(deleted)}; the store did not delete ${grouped(failed.length)}`);
    return { ...outcomeOf(tools.store.url, now), outcome: 'deleted', deleted, failed };
  });
}

function outcomeOf(store: string, { clones, unused, kept }: Survey): GcOutcome {
  const manifests = unused.filter(({ key }) => key.endsWith('.dir')).length;
  return {
    outcome: 'planned',
    store,
    clones,
    unused: { ...total(unused), manifests },
    kept,
    deleted: NOTHING,
    failed: [],
  };
}

async function isAgreed(
  { prompter, reporter, store }: GcTools,
  { yes }: GcOptions,
  unused: Amount,
): Promise<boolean> {
  if (yes) return true;
  if (!prompter.available) throw needsYes();
  const question = `Delete ${amount(unused)} from ${store.url} for ever?`;
  return reporter.pausedFor(() => prompter.confirm(question, false));
}
