import { tellError } from '../errors.js';
import { masked } from '../mask.pure.js';
import type { Reporter } from '../ports/reporter.js';
import { CommandEnded } from '../training/command/command-ended.js';
import { LastLines } from '../training/last-lines.pure.js';
import { likelyCause } from './likely.pure.js';
import type { CiRecord } from './record.js';

const LINES = 30;

/** Keeps the last lines of what a job prints. */
export class JobOutput {
  private readonly last = new LastLines(LINES);

  push(chunk: Buffer | string): void {
    this.last.push(Buffer.from(chunk));
  }

  lines(): string[] {
    return this.last.all();
  }

  /** The same reporter, which tells here, too, what ends. */
  listening(reporter: Reporter): Reporter {
    const told = (title: string, end: (detail: string) => void) => (detail: string) => {
      this.push(`${title}  ${detail}\n`);
      end(detail);
    };
    return {
      ...bound(reporter),
      note: (text) => {
        this.push(`${text}\n`);
        reporter.note(text);
      },
      step: (title) => {
        const report = reporter.step(title);
        return {
          progress: report.progress,
          done: told(title, report.done),
          skipped: told(title, report.skipped),
          warned: told(title, report.warned),
          failed: told(`✖ ${title}`, report.failed),
        };
      },
    };
  }
}

/** Why a job failed, for others to read: nothing of it holds a secret of this machine. */
export function tellFailure(
  job: string,
  error: unknown,
  output: JobOutput,
  secrets: readonly string[],
  { at, run }: { readonly at: Date; readonly run: string | null },
): NonNullable<CiRecord['failure']> {
  const told = tellError(error);
  const exitCode = error instanceof CommandEnded ? error.exitStatus : told.exitCode;
  const { kind, what, why, next } = masked(told, secrets);
  const lines = masked(output.lines(), secrets);
  return {
    job,
    kind,
    exitCode,
    what,
    why,
    next,
    likely: likelyCause([what, why ?? '', ...lines].join('\n')),
    lines,
    at: at.toISOString(),
    run,
  };
}

function bound(reporter: Reporter): Reporter {
  return {
    heading: (text) => reporter.heading(text),
    step: (title) => reporter.step(title),
    note: (text) => reporter.note(text),
    pausedFor: (work) => reporter.pausedFor(work),
    close: () => reporter.close(),
  };
}
