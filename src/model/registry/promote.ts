import { commitFiles } from '../../commits/commit-files.js';
import type { Oid } from '../../ports/git-repository.js';
import type { ObjectStore } from '../../ports/object-store.js';
import type { PromotionRequest } from '../../ports/registry.js';
import { findVersion } from './all-versions.js';
import { readCommitted } from './committed-file.js';
import { changed, modelMissing, notThere } from './errors.js';
import { type PlacedTools, stateNow } from './git-registry-tools.js';
import { nameOf } from './place.js';
import { promotionFiles, promotionMessage } from './promotion-files.pure.js';
import { pushOnto } from './push-onto.js';
import { isUnregistered, type StoredVersion } from './registry-file.pure.js';
import { fetchTip } from './remote.js';
import { type RegistryState, readState } from './state.js';

/** One commit on top of the remote's branch: pointer, `model.json`, `registry.json` and the request's files. */
export async function promote(tools: PlacedTools, request: PromotionRequest): Promise<void> {
  const { git, config, place, timing } = tools;
  const { version, expected } = request;
  const before = await stateNow(tools);
  if (before.production?.version === version) return;
  const store = await tools.openStore();
  const promoted = await findVersion(git, place, before, version);
  if (!(await store.has(promoted.model))) throw modelMissing(version, promoted.model, store.url);
  const facts = await readFacts(promoted, store);
  const topic = `model/version-${version}`;
  const meanwhile = 'Production is what it was.';
  const stateAt = (tip: Oid) => readState(git, tip, nameOf(place), config);
  const commit = await pushOnto({ git, place, timing, topic, meanwhile }, async (tip) => {
    const state = await stateAt(tip);
    const now = state.production?.version ?? null;
    // A push whose answer was lost got there all the same.
    if (now === version) return null;
    if (now !== expected) throw changed(expected, now);
    await keepReplaced(state, store, tools.countOn);
    const ignore = (await readCommitted(git, tip, state.paths.ignore))?.toString() ?? null;
    const files = promotionFiles(state, promoted, facts, ignore, request);
    const message = promotionMessage(request, state.production);
    return commitFiles(git, tip, files, { message, when: new Date(request.at) });
  });
  const tip = await fetchTip(git, place);
  const isThere =
    commit === null
      ? (await stateAt(tip)).production?.version === version
      : await git.isAncestor(commit, tip);
  if (!isThere) throw notThere(place, version);
}

/** Text of a version's `model.json`. Throws WmsError `registry/model-missing` (exit code 5). */
export async function readFacts(
  { version, facts }: StoredVersion,
  store: ObjectStore,
): Promise<string | null> {
  if (facts === null) return null;
  if (!(await store.has(facts))) throw modelMissing(version, facts, store.url);
  return (await store.get(facts)).toString();
}

/** What stood there without registration becomes objects, so that it can come back. */
async function keepReplaced(
  { plainModel, facts, production }: RegistryState,
  store: ObjectStore,
  countOn: PlacedTools['countOn'],
): Promise<void> {
  if (production === null || !isUnregistered(production)) return;
  await countOn([production.model, production.facts].filter((id) => id !== null));
  if (plainModel !== null) await store.put(production.model, plainModel);
  if (facts !== null && production.facts !== null) await store.put(production.facts, Buffer.from(facts));
}
