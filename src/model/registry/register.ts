import type { ModelFilesToRegister, ModelOrigin } from '../../ports/registry.js';
import { allVersions } from './all-versions.js';
import { objectIdOf } from './committed-file.js';
import { keepsMoving } from './errors.js';
import { type PlacedTools, stateNow } from './git-registry-tools.js';
import { pauseBefore } from './push-onto.js';
import { numberOf, type StoredVersion } from './registry-file.pure.js';
import { reaching } from './remote.js';
import { createVersion } from './version-refs.js';

const TRIES = 5;

/** Puts the model into the store, then gives it the next number, unless its bytes have one already. */
export async function register(
  tools: PlacedTools,
  { model, facts }: ModelFilesToRegister,
  origin: ModelOrigin,
): Promise<StoredVersion> {
  const { git, place, openStore, countOn, clock, timing } = tools;
  const store = await openStore();
  const id = objectIdOf(model);
  const factsBytes = facts === null ? null : Buffer.from(facts);
  const factsId = factsBytes === null ? null : objectIdOf(factsBytes);
  await countOn(factsId === null ? [id] : [id, factsId]);
  await store.put(id, model);
  if (factsBytes !== null && factsId !== null) await store.put(factsId, factsBytes);
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    if (attempt > 1) await pauseBefore(attempt, timing);
    const known = await allVersions(git, place, await stateNow(tools));
    const same = known.find((one) => one.model === id);
    if (same !== undefined) return same;
    const stored: StoredVersion = {
      ...origin,
      version: String(Math.max(0, ...known.map(numberOf)) + 1),
      model: id,
      size: model.length,
      facts: factsId,
      createdAt: clock.now().toISOString(),
    };
    if (await reaching(place.remote, () => createVersion(git, place.remote, stored))) return stored;
  }
  throw keepsMoving(place, TRIES);
}
