import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from './scratch.js';

/** What one command of the program does. */
export interface Scripted {
  /** Standard output, as it was recorded from the real program. */
  readonly says?: string;
  readonly complains?: string;
  readonly code?: number;
  /** Shell words before it ends, e.g. `sleep 60`. */
  readonly does?: string;
}

export interface FakeTerraform {
  /** Directory for the PATH. */
  readonly bin: string;
  /** Directory of the repository, with a stack in `stack/`. */
  readonly topLevel: string;
  /** Changes what a command does from now on. */
  script(verb: string, scripted: Scripted): void;
  /** Commands with their arguments, in order. */
  calls(): string[];
  /** What the last command of this name found in its environment. */
  environmentOf(verb: string): Record<string, string>;
}

/** A program that plays terraform by its lines. Every command that has no script succeeds without a word. */
export function fakeTerraform(
  scripts: Readonly<Record<string, Scripted>> = {},
  { name = 'terraform', version = '1.11.4' } = {},
): FakeTerraform {
  const root = makeDirectory();
  const [bin, played, topLevel] = ['bin', 'played', 'repository'].map((part) => join(root, part)) as [
    string,
    string,
    string,
  ];
  for (const directory of [bin, played, join(topLevel, 'stack')]) mkdirSync(directory, { recursive: true });
  const program = join(bin, name);
  writeFileSync(
    program,
    `#!/bin/sh
cd ${played} || exit 1
/bin/echo "$*" >>calls
/usr/bin/env -0 >"env-$1"
[ -f "$1.sh" ] && . "./$1.sh"
[ -f "$1.out" ] && /bin/cat "$1.out"
[ -f "$1.err" ] && /bin/cat "$1.err" >&2
[ -f "$1.code" ] && exit "$(/bin/cat "$1.code")"
exit 0
`,
  );
  chmodSync(program, 0o755);
  const script = (verb: string, { says = '', complains = '', code = 0, does = '' }: Scripted) => {
    const files = { out: says, err: complains, code: String(code), sh: does };
    for (const [kind, text] of Object.entries(files)) writeFileSync(join(played, `${verb}.${kind}`), text);
  };
  script('version', { says: JSON.stringify({ terraform_version: version }) });
  for (const [verb, scripted] of Object.entries(scripts)) script(verb, scripted);
  const read = (file: string) =>
    existsSync(join(played, file)) ? readFileSync(join(played, file), 'utf8') : '';
  return {
    bin,
    topLevel,
    script,
    calls: () => read('calls').split('\n').filter(Boolean),
    environmentOf: (verb) =>
      Object.fromEntries(
        read(`env-${verb}`)
          .split('\0')
          .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
      ),
  };
}

/** A diagnostic as `-json` prints it. */
export function diagnosticLine(summary: string, detail = '', place?: { file: string; line: number }): string {
  const range = place && { range: { filename: place.file, start: { line: place.line, column: 1 } } };
  const diagnostic = { severity: 'error', summary, detail, ...range };
  const line = { '@level': 'error', '@message': `Error: ${summary}`, type: 'diagnostic', diagnostic };
  return `${JSON.stringify(line)}\n`;
}

export function progressLine(type: string, message: string): string {
  return `${JSON.stringify({ '@level': 'info', '@message': message, type })}\n`;
}
