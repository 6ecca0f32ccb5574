import { commitFiles } from '../../commits/commit-files.js';
import { METADATA_FILE, type ModelMetadata, parseMetadata } from '../metadata.pure.js';
import { readCommitted } from '../registry/committed-file.js';
import { nameOf, registryPlace } from '../registry/place.js';
import { pushOnto } from '../registry/push-onto.js';
import { fetchTip } from '../registry/remote.js';
import type { PromotionTools } from './tools.js';

/** What the branch on the remote says of Production; null when it says nothing that can be read. */
export async function committedMetadata({
  git,
  config,
  place,
}: Pick<PromotionTools, 'git' | 'config' | 'place'>): Promise<ModelMetadata | null> {
  const tip = await fetchTip(git, place ?? (await registryPlace(git, config)));
  const bytes = await readCommitted(git, tip, METADATA_FILE);
  return bytes === null ? null : parseMetadata(bytes.toString());
}

/**
 * Puts the text onto the branch on the remote while `version` is Production. A registry that lives there has
 * written it already; for others this is the second system, and the journal makes up for a kill between the two.
 * Answers what was done, for people.
 */
export async function commitMetadata(tools: PromotionTools, version: string, text: string): Promise<string> {
  const { git, config, registry, clock, timing } = tools;
  const place = tools.place ?? (await registryPlace(git, config));
  const topic = `model/metadata-${version}`;
  const meanwhile = `Version ${version} is Production, but ${METADATA_FILE} does not tell it yet.`;
  const commit = await pushOnto({ git, place, timing, topic, meanwhile }, async (tip) => {
    const there = (await readCommitted(git, tip, METADATA_FILE))?.toString();
    if (there === text) return null;
    // Somebody else's promotion came after this one: theirs tells about it.
    if ((await registry.production())?.version !== version) return null;
    const message = `model: ${METADATA_FILE} tells of version ${version}\n`;
    return commitFiles(git, tip, new Map([[METADATA_FILE, text]]), { message, when: clock.now() });
  });
  return commit === null ? `${METADATA_FILE} is on ${nameOf(place)}` : `${METADATA_FILE} → ${nameOf(place)}`;
}
