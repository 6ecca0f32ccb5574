/** Our part of an `info/exclude`: whole lines that nobody else writes. */
export interface ExcludeBlock {
  readonly begin: string;
  readonly end: string;
}

/**
 * Text of an `info/exclude` in which the patterns of `block` are what `change` makes of them. All other lines stay as
 * they are. Without a pattern there is no block.
 */
export function withBlock(
  text: string,
  { begin, end }: ExcludeBlock,
  change: (patterns: readonly string[]) => readonly string[],
): string {
  const lines = text.split('\n');
  const first = lines.indexOf(begin);
  const last = lines.indexOf(end, first + 1);
  const hasBlock = first !== -1 && last !== -1;
  const patterns = change(hasBlock ? lines.slice(first + 1, last) : []);
  const block = patterns.length === 0 ? [] : [begin, ...patterns, end];
  if (hasBlock) return [...lines.slice(0, first), ...block, ...lines.slice(last + 1)].join('\n');
  if (block.length === 0) return text;
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${block.join('\n')}\n`;
}

/** A pattern that matches this path from the top of the repository, and no other. */
export function patternOf(path: string): string {
  const escaped = path.replace(/[\\*?[\]]/g, '\\$&').replace(/ +$/, (spaces) => spaces.replace(/ /g, '\\ '));
  // A line break cannot be written: any one character stands for it.
  return `/${escaped.replace(/[\r\n]/g, '?')}`;
}

/** The path that `patternOf` made this of; null where a character that stands for any other hides it. */
export function pathOf(pattern: string): string | null {
  if (/(^|[^\\])(\\\\)*\?/.test(pattern)) return null;
  return pattern.replace(/^\//, '').replace(/\\(.)/g, '$1');
}
