import type { Reporter } from '../../src/ports/reporter.js';

/** Keeps what a person would have read, one line each. */
export function silentReporter(): Reporter & { readonly lines: string[] } {
  const lines: string[] = [];
  const end = (symbol: string, title: string) => (detail: string) =>
    void lines.push(`${symbol} ${title} ${detail}`);
  return {
    lines,
    heading: (text) => void lines.push(text),
    note: (text) => void lines.push(text),
    step: (title) => ({
      progress: () => {},
      done: end('✔', title),
      skipped: end('○', title),
      warned: end('⚠', title),
      failed: end('✖', title),
    }),
    pausedFor: (work) => work(),
    close: () => {},
  };
}
