import { EXIT, WmsError } from '../../errors.js';
import type { ObjectId } from '../../ports/object-store.js';
import type { ModelVersion } from '../../ports/registry.js';
import { versionName } from '../describe.pure.js';
import type { Verdict } from '../verdict.js';

/**
 * Whether the gate lets the model with these bytes take the place of `production`; null: it does. Else what to say.
 *
 * | verdict                                   |                         |
 * | ----------------------------------------- | ----------------------- |
 * | none, or undecided                        | exit code 11            |
 * | not better                                | exit code 10            |
 * | first, while something is Production      | exit code 6             |
 * | better than what is not Production        | exit code 6             |
 * | first and there is none; better than it   | passes                  |
 */
export function objection(
  verdict: Verdict | null,
  candidate: { readonly id: ObjectId; readonly name: string },
  production: ModelVersion | null,
): WmsError | null {
  const gate = `npx wms model gate --candidate ${candidate.name}`;
  const refuse = (kind: string, code: 6 | 10 | 11, what: string, why: string, next: string) =>
    new WmsError({ kind, code, what, why, next });
  if (verdict === null || verdict.candidate?.model !== candidate.id || verdict.decision === 'undecided') {
    const reasons = verdict?.reasons.join('\n') ?? 'It was never asked in this clone.';
    const what = `The gate has not decided about ${candidate.name}, so it cannot become Production.`;
    return refuse('gate/undecided', EXIT.gateUndecided, what, reasons, verdict?.next ?? gate);
  }
  const { decision, reasons, baseline } = verdict;
  if (decision === 'not-better') {
    const what = `${candidate.name} does not become Production: the gate said that it is not better.`;
    const next = 'Train a better one; then ask the gate about it.';
    return refuse('gate/not-better', EXIT.gateNotBetter, what, reasons.join('\n'), next);
  }
  const isStillThere =
    production?.model === null
      ? baseline?.version === production.version
      : (baseline?.model ?? null) === (production?.model ?? null);
  if (isStillThere && (decision === 'first') === (production === null)) return null;
  const now = production === null ? 'none' : versionName(production.version);
  const then =
    baseline === null ? 'none' : baseline.version === null ? baseline.name : versionName(baseline.version);
  return refuse(
    'registry/changed',
    EXIT.conflict,
    `Production has changed since the gate decided about ${candidate.name}. Nothing was promoted.`,
    `It was ${then}, and is ${now}.`,
    gate,
  );
}
