import { CONFIG_FILE } from '../config/schema.js';
import { isSettings } from './package-json.pure.js';

/**
 * For lefthook's settings, in the format of the file. lefthook skips a command when the branch at work has nothing to
 * push, also when another branch is pushed; a command with `{files}` of its own it never skips.
 */
export function lefthookSnippet(path: string, packageDirectory: string): string {
  const run = `sh ${packageDirectory}/hooks/pre-push {0} # {files}`;
  const files = `echo ${CONFIG_FILE}`;
  if (path.endsWith('.toml')) {
    return `[pre-push.commands.wms]\nrun = "${run}"\nfiles = "${files}"\nuse_stdin = true\n`;
  }
  if (/\.jsonc?$/.test(path)) {
    const settings = { 'pre-push': { commands: { wms: { run, files, use_stdin: true } } } };
    return `${JSON.stringify(settings, null, 2)}\n`;
  }
  const lines = [`run: '${run}'`, `files: ${files}`, 'use_stdin: true'];
  return `pre-push:\n  commands:\n    wms:\n${lines.map((line) => `      ${line}\n`).join('')}`;
}

/** For simple-git-hooks, which writes the command as it is into a shell script. */
export function simpleGitHooksSnippet(path: string, text: string, packageDirectory: string): string {
  const command = JSON.stringify(`sh ${packageDirectory}/hooks/pre-push "$@"`);
  return path.endsWith('package.json') || isSettings(text, 'simple-git-hooks')
    ? `"simple-git-hooks": {\n  "pre-push": ${command}\n}\n`
    : `"pre-push": ${command}\n`;
}
