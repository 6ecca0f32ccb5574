import { countOf } from './describe.pure.js';
import type { ComparedVersions } from './diff.js';
import type { ChangeKind, PairDiff } from './pair-diff.pure.js';

const PAIRS_PER_PART = 1000;

/** The facts as JSON text, in parts: a million changes are longer than a string can be. */
export function* diffJson({ sides, diff }: ComparedVersions): Generator<string> {
  const { total = null, pairs = [], unpaired = [] } = diff ?? {};
  const of = (kind: ChangeKind) => (diff === null ? 0 : countOf(diff, kind));
  const counts = {
    added: of('added'),
    replaced: of('replaced'),
    removed: of('removed'),
    renamed: of('renamed'),
    unpaired: unpaired.length,
  };
  const head = JSON.stringify({ ...sides, same: diff === null, total, counts }, null, 2);
  yield `${head.slice(0, -2)},\n  "pairs": [`;
  yield* list(pairs);
  yield '],\n  "unpaired": [';
  yield* list(unpaired);
  yield ']\n}\n';
}

/** One line each. */
function* list(pairs: readonly PairDiff[]): Generator<string> {
  for (let from = 0; from < pairs.length; from += PAIRS_PER_PART) {
    const some = pairs.slice(from, from + PAIRS_PER_PART);
    const lines = some.map((pair) => `\n    ${JSON.stringify(pair)}`).join(',');
    yield from + some.length < pairs.length ? `${lines},` : `${lines}\n  `;
  }
}
