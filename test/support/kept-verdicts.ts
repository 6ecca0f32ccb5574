import { join } from 'node:path';
import type { Decision, ScoredModel, Verdict } from '../../src/model/verdict.js';
import { writeVerdict } from '../../src/model/verdict-file.js';
import type { ModelScores } from '../../src/ports/registry.js';
import { md5Of } from './promoted-models.js';
import { git, makeDirectory, writeFiles } from './scratch.js';
import { wms } from './team.js';
import { verdict } from './verdicts.js';

export const TEST_SPLIT = 'e'.repeat(32);

interface Judged {
  /** What stands in for the bytes of the ONNX file. */
  readonly text: string;
  readonly version?: string | null;
  readonly scores?: ModelScores;
}

/** What the gate says of a candidate against what is Production; no `baseline`: there is none. */
export function verdictOn(
  candidate: Judged,
  baseline: Judged | null,
  decision: Decision = baseline === null ? 'first' : 'better',
): Verdict {
  return verdict({
    decision,
    reasons: [`The gate says ${decision}.`],
    candidate: scored(candidate, { dice: 0.9, iou: 0.82 }),
    baseline: baseline === null ? null : scored(baseline, { dice: 0.8, iou: 0.7 }),
    testSplit: TEST_SPLIT,
    comparison: null,
  });
}

function scored({ text, version = null, scores }: Judged, usual: ModelScores): ScoredModel {
  const measured = scores ?? usual;
  return {
    name: text,
    model: md5Of(text),
    version,
    scores: measured,
    atModelSize: measured,
    reported: null,
  };
}

/** As `wms model gate` leaves it in a clone. */
export async function keepVerdict(clone: string, verdict: Verdict): Promise<void> {
  const commonDir = await git(clone, 'rev-parse', '--path-format=absolute', '--git-common-dir');
  await writeVerdict(commonDir, verdict.candidate?.model ?? '', verdict);
}

/** The gate has let these bytes through as the first model; then they are promoted. */
export async function promoteBytes(clone: string, model: Buffer, facts: string): Promise<void> {
  const first = verdictOn({ text: 'model' }, null);
  const candidate = { ...(first.candidate as ScoredModel), model: md5Of(model) };
  await keepVerdict(clone, { ...first, candidate });
  const directory = makeDirectory();
  await writeFiles(directory, { 'model.onnx': model, 'model.json': facts });
  const { exitCode, stderr } = await wms(clone, ['model', 'promote', join(directory, 'model.onnx')]);
  if (exitCode !== 0) throw new Error(stderr);
}
