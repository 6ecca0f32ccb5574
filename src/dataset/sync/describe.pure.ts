import { count } from '../../words.js';
import type { SyncOutcome } from './outcome.js';

/** The last lines a person reads. `word` quotes a word for the shell. */
export function describeSync(outcome: SyncOutcome, word: (text: string) => string): string[] {
  const { branch, remote, commits, files, backup } = outcome;
  const upstream = `${remote}/${branch}`;
  if (outcome.outcome === 'nothing-to-do') {
    const ahead = commits.kept > 0 ? ` with ${count(commits.kept, 'commit')} of your own` : '';
    return [`Nothing to do: ${branch} is on ${upstream}${ahead}, and holds no raw files of its own.`];
  }
  const lines =
    outcome.outcome === 'synced'
      ? [`Synced: ${branch} is on ${upstream}${yours(commits.kept)}.`]
      : [`Would move ${branch} onto ${upstream}${yours(commits.kept)}. Nothing was moved.`];
  const note = (title: string, text: string) => lines.push(`  ${title.padEnd(8)} ${text}`);
  if (files.length > 0) {
    const pairs = outcome.pairs === null ? '' : ` (${count(outcome.pairs, 'pair')})`;
    note('Dataset', `holds the ${count(files.length, 'raw file')} that left ${branch}${pairs}`);
  }
  if (files.length > 0 && outcome.checkedOut)
    note('Files', 'stay where they are on disk, and Git ignores them now; npx wms add stages changed ones');
  for (const path of outcome.changedHere) note('Changed', `${path} differs from the dataset`);
  for (const path of outcome.namedOtherwise) note('Renamed', `${path} has another name in the dataset`);
  if (outcome.stillInHead) {
    note(
      'Note',
      `what is checked out holds the raw files still: git switch ${word(branch)} takes them off the disk`,
    );
  }
  if (commits.signaturesLost) note('Note', 'signed commits were rewritten; no signature survives that');
  if (backup !== null) {
    const back = outcome.checkedOut
      ? `git reset --keep ${word(backup)}`
      : `git branch --force ${word(branch)} ${word(backup)}`;
    note('Backup', `${backup}; to go back: ${back}`);
  }
  return lines;
}

const yours = (kept: number): string => (kept === 0 ? '' : `, with ${count(kept, 'commit')} of yours on top`);
