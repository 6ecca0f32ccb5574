import type { Side, Versions } from '../three-way.js';

/** What Git calls the two versions: `HEAD`, a branch, a commit. */
export type SideLabels = Readonly<Record<Side, string | null>>;

/** Both pointers whole, between Git's markers: nothing that reads pointers takes this for one. */
export function withMarkers(texts: Readonly<Record<Side, string>>, labels: SideLabels): string {
  const newline = texts.ours.includes('\r\n') ? '\r\n' : '\n';
  const marker = (sign: string, side: Side) =>
    `${sign.repeat(7)} ${side}${labels[side] === null ? '' : ` (${labels[side]})`}${newline}`;
  const whole = (text: string) => (text === '' || text.endsWith('\n') ? text : text + newline);
  const { ours, theirs } = texts;
  return `${marker('<', 'ours')}${whole(ours)}=======${newline}${whole(theirs)}${marker('>', 'theirs')}`;
}

/** The two texts that a conflict was made of, or null when `text` holds none. A part for the common ancestor is left out. */
export function splitMarkers(text: string): Readonly<Record<Side, string>> | null {
  const sides = { ours: '', theirs: '' };
  let within: keyof Versions<string> | null = null;
  let conflicts = 0;
  for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    if (/^<{7,}(?: |\r?\n?$)/.test(line)) {
      within = 'ours';
      conflicts++;
    } else if (within !== null && /^\|{7,}(?: |\r?\n?$)/.test(line)) within = 'base';
    else if (within !== null && /^={7,}\r?\n?$/.test(line)) within = 'theirs';
    else if (within !== null && /^>{7,}(?: |\r?\n?$)/.test(line)) within = null;
    else {
      if (within !== 'theirs' && within !== 'base') sides.ours += line;
      if (within !== 'ours' && within !== 'base') sides.theirs += line;
    }
  }
  return conflicts > 0 && within === null ? sides : null;
}
