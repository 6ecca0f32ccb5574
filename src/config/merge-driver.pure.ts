/** Names the driver in `.gitattributes` and in Git's settings. */
const NAME = 'wms';

/** Writes both versions between markers, as Git does without any driver. */
const SHOW_BOTH = 'git merge-file -L ours -L base -L theirs %A %O %B';

export interface MergeDriver {
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** For Git, which runs it with a shell. */
  readonly command: string;
}

/**
 * The merge driver of pointers. Git runs the command in the top of the working tree; a linked worktree
 * has no packages of its own and uses those of the main one. Where neither has them, both pointers are left in the file
 * between markers, as Git does without any driver.
 */
export function mergeDriver(packageDirectory: string): MergeDriver {
  // Git takes a single % for one of its own placeholders.
  const program = shellQuote(`${packageDirectory}/bin/wms.js`).replaceAll('%', '%%');
  const command = [
    'for top in . "$(git rev-parse --git-common-dir)/.."; do',
    `if [ -f "$top"/${program} ] && command -v node >/dev/null; then`,
    `exec node "$top"/${program} merge-driver %O %A %B %P %X %Y; fi; done;`,
    `${SHOW_BOTH};`,
    "echo 'wms: wms-hooks is not installed here to merge the dataset. Run: npm install, then: npx wms data merge' >&2;",
    'exit 1',
  ];
  return {
    name: NAME,
    title: 'wms: merges the pointers of the dataset by content',
    command: command.join(' '),
  };
}

/** The driver in Git's settings: key and value. Git fails on a driver that has a name and no command: the command is first. */
export function mergeDriverSettings({ name, title, command }: MergeDriver): [string, string][] {
  return [
    [`merge.${name}.driver`, command],
    [`merge.${name}.name`, title],
  ];
}

/**
 * Settings for a `git merge` that leaves every pointer undecided when both sides changed it. Common ancestors, where there
 * are several, are merged by the driver itself.
 */
export function undecidedSettings({ name, command }: MergeDriver): [string, string][] {
  return [
    [`merge.${name}.driver`, `${SHOW_BOTH}; exit 1`],
    [`merge.${name}.recursive`, `${name}-ancestors`],
    [`merge.${name}-ancestors.driver`, command],
  ];
}

/** `.gitattributes` line that makes Git use the driver for the pointer of a dataset directory. */
export function attributesLine(directory: string): string {
  const pointer = `${directory}.dvc`;
  // A pattern without a slash would match in every directory.
  const anchored = pointer.includes('/') ? pointer : `/${pointer}`;
  const pattern = anchored.replace(/[\\*?[]/g, '\\$&').replace(/^[#!]/, '\\$&');
  const quoted = /^[^\s"]+$/.test(pattern) ? pattern : `"${pattern.replace(/["\\]/g, '\\$&')}"`;
  return `${quoted} merge=${NAME}`;
}

/** The text of `.gitattributes` with these lines. Last: of several lines for a path Git takes the last. */
export function withAttributes(text: string, lines: readonly string[]): string {
  const present = linesOf(text);
  const missing = lines.filter((line) => !present.includes(line));
  if (missing.length === 0) return text;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const end = text === '' || text.endsWith('\n') ? '' : newline;
  return text + end + missing.map((line) => line + newline).join('');
}

/** The text of `.gitattributes` without these lines. */
export function withoutAttributes(text: string, lines: readonly string[]): string {
  const parts = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  return parts.filter((part) => !lines.includes(part.trim())).join('');
}

/** Whether `.gitattributes` names the driver. */
export function namesMergeDriver(text: string): boolean {
  return linesOf(text).some((line) => !line.startsWith('#') && line.split(/\s/).includes(`merge=${NAME}`));
}

function linesOf(text: string): string[] {
  return text.split('\n').map((line) => line.trim());
}

function shellQuote(path: string): string {
  return /^[\w@%+:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
