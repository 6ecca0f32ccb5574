import { CONFIG_FILE } from '../config/schema.js';

/** Whose lines a block holds: each block has its own marks, so that each can be taken out alone. */
export type BlockName = 'wms' | 'wms git-lfs';

const begin = (name: BlockName) => `# >>> ${name} >>>`;
const end = (name: BlockName) => `# <<< ${name} <<<`;

/**
 * Lines for a POSIX shell script that runs as pre-push. They take the refs from stdin, which can be read once, and
 * hand the same refs on to the lines below them. A here-document instead of a pipe: Git starts hooks with SIGPIPE
 * ignored, and a hook that ends without reading would make `printf` complain.
 *
 * Without the package in a checkout that is configured for it the push stops: raw files in the history of a
 * protected branch cannot be taken back, a stopped push can be repeated. A checkout without configuration (an old
 * branch, another repository that shares the hook) is none of our business.
 */
export function pushBlock(packageDirectory: string): string {
  const hook = quoteForShell(`${packageDirectory}/hooks/pre-push`);
  return `${begin('wms')}
# Written by \`wms init\`, taken out by \`wms init --uninstall\`. Keep it first: it hands the refs on.
wms_refs=$(cat)
if [ -z "$wms_refs" ]; then
  exec </dev/null
else
  if [ -f ${hook} ]; then
    sh ${hook} "$@" <<WMS_REFS || exit $?
$wms_refs
WMS_REFS
  elif [ -f ${CONFIG_FILE} ]; then
    echo 'wms: push stopped, because wms-hooks is not installed here to check it. Run: npm install' >&2
    exit 1
  fi
  exec <<WMS_REFS
$wms_refs
WMS_REFS
fi
${end('wms')}
`;
}

/** What git-lfs's own hook does, for a hooks directory that hides it. */
export function lfsBlock(hookName: string): string {
  return `${begin('wms git-lfs')}\ngit lfs ${hookName} "$@"\n${end('wms git-lfs')}\n`;
}

/** `script` with `block`: in the place of an older one, otherwise as the first thing that runs. */
export function withBlock(script: string, block: string, name: BlockName = 'wms'): string {
  const old = find(script, name);
  if (old) return script.slice(0, old.start) + block + script.slice(old.end);
  const at = startOfCommands(script);
  const head = script.slice(0, at);
  return `${head}${head === '' || head.endsWith('\n') ? '' : '\n'}${block}${script.slice(at)}`;
}

/** `script` with `block` as the last thing that runs. */
export function withLastBlock(script: string, block: string, name: BlockName): string {
  if (find(script, name)) return withBlock(script, block, name);
  return `${script}${script === '' || script.endsWith('\n') ? '' : '\n'}${block}`;
}

/** `script` without our blocks. */
export function withoutBlocks(script: string): string {
  return (['wms', 'wms git-lfs'] as const).reduce((text, name) => {
    const block = find(text, name);
    return block ? text.slice(0, block.start) + text.slice(block.end) : text;
  }, script);
}

/** Whether nothing would run: then the file has no reason to be. */
export function isEmptyScript(script: string): boolean {
  return /^(#![^\n]*)?\s*$/.test(script);
}

/** Whether a POSIX shell runs this script. Git runs a script without a first line of that kind with sh. */
export function isShellScript(script: string): boolean {
  const interpreter = /^#!\s*(.*)/.exec(script)?.[1];
  return interpreter === undefined || /^(\S*\/env\s+(-S\s+)?)?\S*\b(ba|da|k|z|a)?sh(\s|$)/.test(interpreter);
}

/** husky before version 9 starts the whole script again from its husky.sh: only below that line it runs once. */
function startOfCommands(script: string): number {
  const shebang = /^#![^\n]*\n?/.exec(script)?.[0].length ?? 0;
  const husky = /^[ \t]*(?:\.|source)[ \t][^\n]*husky\.sh[^\n]*\n?/m.exec(script);
  return husky ? husky.index + husky[0].length : shebang;
}

function find(script: string, name: BlockName): { start: number; end: number } | null {
  const start = lineStart(script, begin(name), 0);
  const last = start < 0 ? -1 : lineStart(script, end(name), start);
  if (last < 0) return null;
  const newline = script.indexOf('\n', last);
  return { start, end: newline < 0 ? script.length : newline + 1 };
}

function lineStart(script: string, line: string, from: number): number {
  const at = script.indexOf(line, from);
  return at > 0 && script[at - 1] !== '\n' ? -1 : at;
}

function quoteForShell(path: string): string {
  return /^[\w@%+:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
