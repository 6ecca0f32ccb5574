import { randomBytes } from 'node:crypto';
import { EXIT, WmsError } from '../../errors.js';
import type { Promotion, PromotionRequest } from '../../ports/registry.js';
import { compareEntries, entryTag, type HistoryEntry, readHistory, settledHistory } from './history.pure.js';
import type { MlflowModel, RegisteredModel } from './models.js';

export const PRODUCTION = 'production';
const PREVIOUS = 'previous';

/**
 * Moves Production. MLflow's aliases cannot be compared and set in one step, so each promotion first leaves a tag:
 *
 * 1. write the tag (`begun`), 2. read: stop when Production changed or a later tag is there, 3. move the alias,
 * 4. read again: a later tag means that the race is lost, 5. write the tag again (`done`).
 *
 * Of two at the same time, the one whose tag is earlier in the order either sees the later tag (2 or 4), or has moved the
 * alias before the later one reads (2), who stops. So never do both report success.
 */
export async function promote(
  model: MlflowModel,
  request: PromotionRequest,
  replaced: string | null,
): Promise<void> {
  const { version, at, who, reason } = request;
  const entry = await begin(model, { version, replaced, at, who, reason });
  const before = await look(model);
  if (before.production !== replaced || isOvertaken(entry, before.entries)) {
    await model.deleteTag(entryTag(entry).key);
    throw changed(request.version, replaced, before.production);
  }
  await model.setAlias(PRODUCTION, version);
  const after = await look(model);
  if (after.production === version && !isOvertaken(entry, after.entries)) {
    return model.setTag(entryTag({ ...entry, state: 'done' }));
  }
  const winner = after.entries.findLast(({ state }) => state === 'done');
  const isTheirs = winner !== undefined && compareEntries(winner, entry) > 0;
  // They had finished, and we have moved the alias away from what they were told.
  if (isTheirs && after.production === version) await model.setAlias(PRODUCTION, winner.promotion.version);
  throw changed(version, replaced, isTheirs ? winner.promotion.version : after.production);
}

/** Brings tag, `previous` and stages to what Production says; a promotion may have been killed before. */
export async function settle(model: MlflowModel, withStages: boolean): Promise<void> {
  const { production, aliases, entries } = await look(model);
  const last = settledHistory(entries, production).at(-1);
  if (production === null || last?.promotion.version !== production) return;
  if (last.state === 'begun') await model.setTag(entryTag({ ...last, state: 'done' }));
  const { replaced } = last.promotion;
  if (replaced !== null && aliases.get(PREVIOUS) !== replaced) await model.setAlias(PREVIOUS, replaced);
  if (withStages) await mirrorStages(model, production);
}

/** Newest first. */
export async function readPromotions(model: MlflowModel): Promise<Promotion[]> {
  const { production, entries } = await look(model);
  return settledHistory(entries, production)
    .map(({ promotion }) => promotion)
    .toReversed();
}

async function begin(model: MlflowModel, promotion: Promotion): Promise<HistoryEntry> {
  const { entries } = await look(model);
  const number = (entries.at(-1)?.number ?? 0) + 1;
  const entry: HistoryEntry = { number, nonce: randomBytes(6).toString('hex'), state: 'begun', promotion };
  await model.setTag(entryTag(entry));
  return entry;
}

/** The old one is archived only when the new one is there, so that a reader of stages never finds none. */
async function mirrorStages(model: MlflowModel, production: string): Promise<void> {
  const staged = (await model.versions()).filter(({ current_stage }) => current_stage === 'Production');
  if (!staged.some(({ version }) => version === production)) await model.setStage(production, 'Production');
  for (const { version } of staged) {
    if (version !== production) await model.setStage(version, 'Archived');
  }
}

interface Sight {
  readonly production: string | null;
  readonly aliases: ReadonlyMap<string, string>;
  /** Oldest first. */
  readonly entries: readonly HistoryEntry[];
}

/** Aliases and tags in one read. */
async function look(model: MlflowModel): Promise<Sight> {
  const { aliases, tags }: Pick<RegisteredModel, 'aliases' | 'tags'> = (await model.read()) ?? {
    aliases: [],
    tags: [],
  };
  const byName = new Map(aliases.map(({ alias, version }) => [alias, version]));
  return { production: byName.get(PRODUCTION) ?? null, aliases: byName, entries: readHistory(tags) };
}

function isOvertaken(entry: HistoryEntry, entries: readonly HistoryEntry[]): boolean {
  return entries.some((other) => compareEntries(other, entry) > 0);
}

/** `expected` and `actual` are versions; null for none. */
export function changed(version: string, expected: string | null, actual: string | null): WmsError {
  const name = (each: string | null) => (each === null ? 'none' : `version ${each}`);
  return new WmsError({
    kind: 'registry/changed',
    code: EXIT.conflict,
    what: `Version ${version} was not promoted: Production has changed.`,
    why:
      expected === actual
        ? `Somebody else is promoting at the same time. Production is still ${name(actual)}.`
        : `It was ${name(expected)} when this was decided, and is ${name(actual)} now.`,
    next: 'Compare with the new Production: npx wms model gate',
  });
}
