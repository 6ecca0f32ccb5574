const BEGIN = '# >>> wms sync: these files are in the dataset, Git leaves them alone >>>';
const END = '# <<< wms sync <<<';

/**
 * Text of `info/exclude` with `files` in our block, besides those that it names already and that are still there.
 * Everything else stays as it is. Without a file to name there is no block.
 */
export function excludeFiles(
  text: string,
  files: readonly string[],
  stillThere: (path: string) => boolean,
): string {
  const lines = text.split('\n');
  const begin = lines.indexOf(BEGIN);
  const end = lines.indexOf(END, begin + 1);
  const hasBlock = begin !== -1 && end !== -1;
  const before = hasBlock ? lines.slice(0, begin) : lines;
  const behind = hasBlock ? lines.slice(end + 1) : [];
  const old = hasBlock ? lines.slice(begin + 1, end) : [];
  const kept = old.filter((pattern) => {
    const path = pathOf(pattern);
    return path === null || stillThere(path);
  });
  const patterns = [...new Set([...kept, ...files.map(patternOf)])].sort();
  const block = patterns.length === 0 ? [] : [BEGIN, ...patterns, END];
  while (!hasBlock && before.at(-1) === '') before.pop();
  const rest = hasBlock || block.length === 0 ? behind : [''];
  return block.length === 0 && !hasBlock ? text : [...before, ...block, ...rest].join('\n');
}

/** A pattern that matches this path from the top of the repository, and no other. */
function patternOf(path: string): string {
  const escaped = path.replace(/[\\*?[\]]/g, '\\$&').replace(/ +$/, (spaces) => spaces.replace(/ /g, '\\ '));
  // A line break cannot be written: any one character stands for it.
  return `/${escaped.replace(/[\r\n]/g, '?')}`;
}

/** Null: a character that stands for any other hides which file is meant. */
function pathOf(pattern: string): string | null {
  if (/(^|[^\\])(\\\\)*\?/.test(pattern)) return null;
  return pattern.replace(/^\//, '').replace(/\\(.)/g, '$1');
}
