import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow } from './clone-state.js';

interface Written {
  readonly stored: ReadonlySet<string>;
  readonly isPushing: boolean;
}

/** What the clone's journal says. A torn line says nothing. */
export function journalOf(clone: string): Written {
  const journal = join(clone, '.git/wms/journal');
  const lines = existsSync(journal)
    ? readdirSync(journal)
        .filter((name) => name.endsWith('.jsonl'))
        .flatMap((name) => readFileSync(join(journal, name), 'utf8').split('\n'))
    : [];
  return {
    stored: new Set(lines.flatMap((line) => /^\{"stored":"(\w+(?:\.dir)?)"\}$/.exec(line)?.[1] ?? [])),
    isPushing: lines.some((line) => line.startsWith('{"pushing":')),
  };
}

export interface Moment {
  readonly name: string;
  /** Starts with the push; says when the moment has come. */
  start(clone: string): () => boolean;
}

export function afterTime(milliseconds: number): Moment {
  return {
    name: `after ${milliseconds.toFixed()} ms`,
    start: () => {
      const end = performance.now() + milliseconds;
      return () => performance.now() >= end;
    },
  };
}

/** Uploads take a few percent of a small publish: moments that are spread over time alone would hardly meet them. */
export function afterStored(count: number): Moment {
  return {
    name: `after ${count} objects`,
    start: (clone) => {
      const target = Math.max(count, journalOf(clone).stored.size + 1);
      return () => journalOf(clone).stored.size >= target;
    },
  };
}

export function afterPushing(milliseconds: number): Moment {
  return {
    name: `${milliseconds.toFixed()} ms into the push of the branch`,
    start: (clone) => {
      let end: number | undefined;
      return () => {
        if (end === undefined && journalOf(clone).isPushing) end = performance.now() + milliseconds;
        return end !== undefined && performance.now() >= end;
      };
    },
  };
}

/** What a killed publish may leave behind, and the next one must have removed. */
export function leftovers(clone: string): string[] {
  return Object.keys(filesBelow(join(clone, '.git/wms'))).filter((name) =>
    /^(tmp\/|lock$)|\.wms-tmp-/.test(name),
  );
}
