import { stripVTControlCharacters } from 'node:util';

/** One thing that terraform has to say, an error or a warning. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly summary: string;
  readonly detail: string;
  /** File and line, `main.tf:12`; empty where it names none. */
  readonly place: string;
}

interface Line {
  readonly type?: string;
  readonly '@message'?: string;
  readonly diagnostic?: {
    readonly severity?: string;
    readonly summary?: string;
    readonly detail?: string;
    readonly range?: { readonly filename?: string; readonly start?: { readonly line?: number } };
  };
}

type Message =
  | { readonly kind: 'diagnostic'; readonly diagnostic: Diagnostic }
  | { readonly kind: 'progress' | 'text'; readonly text: string };

/** What somebody who waits wants to know. */
const PROGRESS =
  /^(state_lock_acquire|refresh_start|planned_change|apply_(start|progress|complete|errored)|provision_(start|progress)|change_summary)$/;

/** One line of `-json`. `text`: a line that is not, e.g. of a program that crashed. Null: nothing for people. */
export function readLine(line: string): Message | null {
  const read = parsed(line);
  if (read === null) return line.trim() === '' ? null : { kind: 'text', text: line };
  const { type = '', diagnostic } = read;
  if (diagnostic !== undefined) {
    const { severity, summary = '', detail = '', range } = diagnostic;
    const place = range?.filename === undefined ? '' : `${range.filename}:${range.start?.line ?? 1}`;
    const isWarning = severity === 'warning';
    return {
      kind: 'diagnostic',
      diagnostic: { severity: isWarning ? 'warning' : 'error', summary, detail, place },
    };
  }
  return PROGRESS.test(type) ? { kind: 'progress', text: read['@message'] ?? '' } : null;
}

function parsed(line: string): Line | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && '@level' in value ? (value as Line) : null;
  } catch {
    return null;
  }
}

/** The errors in the plain text of a command that has no `-json`. */
export function errorsIn(text: string): Diagnostic[] {
  const plain = stripVTControlCharacters(text).replace(/^[╷│╵] ?/gm, '');
  const [, ...blocks] = plain.split(/^Error: /m);
  return blocks.map((block) => {
    const [summary = '', ...rest] = (block.split(/^Warning: /m)[0] ?? '').trim().split(/\n\s*\n/);
    const place = /^\s*on (\S+) line (\d+)/.exec(rest[0] ?? '');
    const detail = place === null ? rest : rest.slice(1);
    return {
      severity: 'error',
      summary: summary.replace(/\s*\n\s*/g, ' '),
      detail: detail.join('\n\n'),
      place: place === null ? '' : `${place[1]}:${place[2]}`,
    };
  });
}

/** For people, on one line each; terraform often says the same of several things. */
export function tellDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const lines = diagnostics.map(({ summary, detail, place }) => {
    const where = place === '' ? '' : `${place}: `;
    return `${where}${[summary, detail].filter(Boolean).join(': ')}`.replace(/\s+/g, ' ').trim();
  });
  return [...new Set(lines)].slice(0, MOST_LINES).join('\n');
}

const MOST_LINES = 5;
