import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localError } from '../clone/local-error.js';
import { placeContent } from '../clone/place-file.js';
import { EXIT, WmsError } from '../errors.js';
import { derivedMetadata } from './derived-metadata.js';
import { METADATA_FILE, renderMetadata } from './metadata.pure.js';
import { committedMetadata } from './promotion/metadata-commit.js';
import type { PromotionTools } from './promotion/tools.js';

type MetadataTools = Pick<PromotionTools, 'git' | 'config' | 'registry'>;

export interface MetadataOutcome {
  readonly outcome: 'written' | 'unchanged';
  readonly file: string;
}

/** Brings `model-metadata.json` of the working tree to what Production is. */
export async function writeMetadataFile(tools: MetadataTools): Promise<MetadataOutcome> {
  const { file, there, right } = await compareMetadata(tools);
  if (there === right) return { outcome: 'unchanged', file: METADATA_FILE };
  await placeContent(file, right);
  return { outcome: 'written', file: METADATA_FILE };
}

/** Throws WmsError `metadata/wrong` (exit code 6) when the working tree's file tells something else than Production. */
export async function checkMetadataFile(tools: MetadataTools): Promise<void> {
  const { there, right } = await compareMetadata(tools);
  if (there === right) return;
  throw new WmsError({
    kind: 'metadata/wrong',
    code: EXIT.conflict,
    what: `${METADATA_FILE} does not tell what is Production.`,
    why: there === null ? 'It is not there.' : `These lines should be others:\n${otherLines(there, right)}`,
    next: 'npx wms model metadata',
  });
}

async function compareMetadata(tools: MetadataTools) {
  const file = join(tools.git.topLevel, METADATA_FILE);
  const there = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw localError(error, file);
  });
  return { file, there, right: await rightText(tools) };
}

/** As the promotion wrote it, when that is still Production; else what the registry knows. */
async function rightText(tools: MetadataTools): Promise<string> {
  const production = await tools.registry.production();
  if (production === null) {
    throw new WmsError({
      kind: 'metadata/no-production',
      code: EXIT.usage,
      what: `There is no Production model yet that ${METADATA_FILE} could tell about.`,
      next: 'Promote one first: npx wms model promote FILE',
    });
  }
  const committed = await committedMetadata(tools);
  const isAbout = committed?.model_version === production.version && committed.model_md5 === production.model;
  return renderMetadata(isAbout ? committed : await derivedMetadata(tools.registry, production));
}

function otherLines(there: string, right: string): string {
  const expected = new Set(right.split('\n'));
  const wrong = there.split('\n').filter((line) => !expected.has(line));
  return (wrong.length === 0 ? ['(lines are missing, or their order differs)'] : wrong)
    .slice(0, 10)
    .join('\n');
}
