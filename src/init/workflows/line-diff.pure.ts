const CONTEXT = 2;

interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** What turns one text into the other, by lines: `-` goes, `+` comes, with two lines around each place. */
export function lineDiff(before: string, after: string): string {
  const lines = compare(splitLines(before), splitLines(after));
  const isNear = (index: number) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ mark }) => mark !== ' ');
  let isCut = false;
  return lines
    .flatMap(({ mark, text }, index) => {
      if (isNear(index)) {
        isCut = false;
        return [`${mark} ${text}`.trimEnd()];
      }
      const cut = isCut ? [] : ['  …'];
      isCut = true;
      return cut;
    })
    .join('\n');
}

const splitLines = (text: string): string[] => text.replace(/\r?\n$/, '').split(/\r?\n/);

/** By the longest common subsequence; files of some hundred lines. */
function compare(before: readonly string[], after: readonly string[]): Line[] {
  const common = lengths(before, after);
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, next] = [before[i], after[j]];
    if (old !== undefined && old === next) {
      lines.push({ mark: ' ', text: old });
      i += 1;
      j += 1;
    } else if (next === undefined || (old !== undefined && at(common, i + 1, j) >= at(common, i, j + 1))) {
      lines.push({ mark: '-', text: old ?? '' });
      i += 1;
    } else {
      lines.push({ mark: '+', text: next });
      j += 1;
    }
  }
  return lines;
}

function lengths(before: readonly string[], after: readonly string[]): number[][] {
  const table = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const row = table[i] as number[];
      row[j] =
        before[i] === after[j]
          ? at(table, i + 1, j + 1) + 1
          : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}

const at = (table: readonly number[][], i: number, j: number): number => table[i]?.[j] ?? 0;
